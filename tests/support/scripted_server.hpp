#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {

/// One connection as the script sees it: what came, and what it wants to do to the other side.
/// Blocking.
class Peer {
public:
    /// 1 for the first connection that was accepted.
    int number() const { return number_; }
    std::chrono::steady_clock::time_point accepted() const { return accepted_; }
    const std::string& client_subject() const { return client_subject_; }
    /// Subjects of all certificates that the client sent, in its order.
    const std::vector<std::string>& client_chain() const { return client_chain_; }
    bool session_reused() const { return session_reused_; }
    /// "TLSv1.3", and whether the client offered that.
    std::string version() const { return SSL_get_version(ssl_.get()); }
    bool offered_tls_1_3() const { return offered_tls_1_3_; }
    bool offered_protocols() const { return offered_protocols_; }  ///< ALPN
    /// Null: no TLS.
    SSL* tls() const { return ssl_.get(); }

    /// The next request with its body (Content-Length, or chunked as it came). Empty where the
    /// connection ended.
    std::string read_request();
    /// The next request's head alone. Empty where the connection ended.
    std::string read_head();
    /// Some of what comes next, at most `size` bytes. Empty where the connection ended.
    std::string read_some(std::size_t size = 64 * 1024);

    /// False where the other side is gone.
    bool write(std::string_view bytes);
    /// Whether the connection is still there after that time. Reads nothing.
    bool stays(std::chrono::milliseconds time) const;
    /// With `asks_late`: asks for a client certificate now, in TLS 1.2 by renegotiation, in TLS 1.3
    /// after the handshake. Whatever is read next brings it. False where the client has said that
    /// it would not answer.
    bool ask_for_certificate();
    /// Until it is there. False where it does not come.
    bool wait_for_certificate();
    /// TLS 1.2: whether the client refuses another renegotiation.
    bool asks_again_in_vain();
    /// Until anything comes, a record that is no text included. Reads nothing.
    void wait_for_bytes() const;
    /// Until no more comes, since nobody reads and all is full. Reads nothing.
    void wait_until_full() const;
    /// TLS 1.3: a KeyUpdate that wants one back.
    void ask_for_key_update();
    /// Ends as TLS wants it, with close_notify.
    void close_cleanly();
    /// Ends the connection without close_notify, as a broken server does.
    void close_without_notice();
    /// Resets the connection.
    void cut();

private:
    friend class ScriptedServer;
    Peer(FileDescriptor socket, int number) : socket_{std::move(socket)}, number_{number} {}
    bool handshake(SSL_CTX* context);
    /// Of the client's first message, which is not read; 0: none comes.
    int hello_size() const;
    void look_at_client();
    // `with`: the server's options.
    static int look_at_hello(SSL* ssl, int* alert, void* with);
    static int look_at_certificate(X509_STORE_CTX* store, void* with);

    FileDescriptor socket_;
    int number_;
    std::chrono::steady_clock::time_point accepted_ = std::chrono::steady_clock::now();
    certs::SslHandle ssl_;  ///< null: no TLS
    std::string client_subject_;
    std::vector<std::string> client_chain_;
    bool session_reused_ = false;
    bool offered_tls_1_3_ = false;
    bool offered_protocols_ = false;
    std::string buffer_;
};

/// A TLS server whose behaviour is a function of the test: for peers that misbehave. One thread a
/// connection. What has been left open when the behaviour returns is closed cleanly. The destructor
/// ends every connection and waits.
class ScriptedServer {
public:
    struct Options {
        std::filesystem::path certificate = {};  ///< PEM, with its chain; empty: no TLS at all
        std::filesystem::path key = {};
        std::filesystem::path client_ca =
            {};                  ///< demands a client certificate under this one, or sends an alert
        bool asks_late = false;  ///< only where the behaviour says so
        bool takes_none = false;  ///< with `asks_late`: asks at once, and goes on without one
        int min_version = TLS1_2_VERSION;
        int max_version = TLS1_3_VERSION;
        /// From that connection on it is another process, with sessions and versions of its own.
        int restarts_at = std::numeric_limits<int>::max();
        int min_version_then = TLS1_2_VERSION;
        int max_version_then = TLS1_3_VERSION;
        bool careless_then = false;  ///< has no cipher suite of TLS 1.2 that others take
        /// Serves with whatever OpenSSL can: old versions, small keys, SHA-1.
        bool careless = false;
        std::string ciphers = {};  ///< of TLS 1.2 and below; empty: OpenSSL's
        bool small_dh = false;     ///< has a Diffie-Hellman group of 1024 bits, for such ciphers
        /// Of OCSP, in DER, sent with the certificate where it is asked for; empty: none.
        std::string ocsp_answer = {};
        bool tickets = true;
        /// Without it OpenSSL fails a resumption where client certificates are asked for.
        bool session_context = true;
        /// TLS 1.3: ends a connection, without a word, whose first message offers a session.
        bool drops_sessions = false;
        /// Bytes of a TCP segment, both ways; 0: the system's, which is 64 KiB on loopback, so that
        /// a window has one or two of them, and who reads finds nothing each time.
        int segment = 0;
        /// So many connections get a handshake; the others are accepted and never answered.
        int shakes_hands_with = std::numeric_limits<int>::max();
        bool drops_the_others = false;  ///< ends those connections instead
        /// A client's first message with more bytes than that is too much for it.
        int largest_hello = std::numeric_limits<int>::max();
        enum class LargeHello { is_ignored, resets, closes, gets_an_alert };
        LargeHello large_hello = LargeHello::is_ignored;
        /// The signatures that it takes of clients, as OpenSSL names them; empty: all it knows.
        std::string client_signatures = {};
        /// What it finds wrong with each client certificate: X509_V_ERR_…; 0: what is wrong.
        int client_error = 0;
        /// With that: what it writes onto the bare connection first.
        std::string says_at_certificate = {};
        bool closes_at_certificate = false;  ///< with `client_error`: without a word
        /// Signs with RSA and SHA-1, whatever the client takes.
        bool deaf_to_signatures = false;
    };
    using Behaviour = std::function<void(Peer&)>;

    ScriptedServer(const Options& options, Behaviour behaviour);
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ~ScriptedServer();

    std::uint16_t port() const { return listener_.port(); }
    std::string authority() const { return "127.0.0.1:" + std::to_string(port()); }
    /// From now on connections are refused; those that there are go on.
    void stop_listening();
    /// Connections accepted, and handshakes that came to their end.
    int connections() const { return connections_; }
    int handshakes() const { return handshakes_; }
    /// Connections on which the behaviour has not ended.
    int open() const;

private:
    void accept_all();
    void serve(int fd, int number);
    void wait_while_open(int fd) const;
    void fail_large_hello(Peer& peer) const;

    Options options_;
    Behaviour behaviour_;
    certs::SslContextHandle context_;
    certs::SslContextHandle context_then_;  ///< `restarts_at`
    ListeningSocket listener_;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> connections_ = 0;
    std::atomic<int> handshakes_ = 0;
    mutable std::mutex mutex_;
    std::vector<int> open_;  ///< sockets of running connections; guarded by mutex_
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// "HTTP/1.1 200 OK" with a body and its length.
std::string ok(std::string_view body, std::string_view fields = {});

}  // namespace countersign::tests
