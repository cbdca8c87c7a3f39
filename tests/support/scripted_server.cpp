#include "tests/support/scripted_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "certs/certificate.hpp"
#include "tests/support/scripted_context.hpp"

namespace countersign::tests {
namespace {

/// The two bytes of TLS 1.3, in a list of two bytes each behind its length (RFC 8446 4.2.1).
bool has_tls_1_3(const unsigned char* versions, std::size_t size) {
    for (std::size_t at = 1; at + 1 < size; at += 2) {
        if (versions[at] == 3 && versions[at + 1] == 4) return true;
    }
    return false;
}

/// OpenSSL finds RSA with SHA-1 alone among the signatures that the client takes. The digest of the
/// handshake has what has come.
void forget_signatures(SSL* ssl) {
    const unsigned char* list = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_signature_algorithms, &list, &size) != 1) return;
    auto* const own = const_cast<unsigned char*>(list);
    for (std::size_t at = 2; at + 1 < size; at += 2) {
        own[at] = 2;
        own[at + 1] = 1;
    }
}

std::size_t content_length(const std::string& head) {
    std::string lower = head;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    const auto at = lower.find("\r\ncontent-length:");
    return at == std::string::npos ? 0 : std::stoull(lower.substr(at + 17));
}

bool is_chunked(const std::string& head) {
    return head.find("ransfer-") != std::string::npos && head.find("chunked") != std::string::npos;
}

}  // namespace

int Peer::look_at_hello(SSL* ssl, int*, void* with) {
    const auto& options = *static_cast<const ScriptedServer::Options*>(with);
    const unsigned char* extension = nullptr;
    std::size_t size = 0;
    Peer& peer = *static_cast<Peer*>(SSL_get_app_data(ssl));
    peer.offered_tls_1_3_ =
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &extension, &size) == 1 &&
        has_tls_1_3(extension, size);
    peer.offered_protocols_ =
        SSL_client_hello_get0_ext(
            ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &extension, &size
        ) == 1;
    if (options.deaf_to_signatures) forget_signatures(ssl);
    const bool drops = options.drops_sessions &&
                       SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_psk, &extension, &size) == 1;
    if (!drops) return SSL_CLIENT_HELLO_SUCCESS;
    shutdown(SSL_get_fd(ssl), SHUT_RDWR);
    return SSL_CLIENT_HELLO_ERROR;
}

int Peer::look_at_certificate(X509_STORE_CTX* store, void* with) {
    const auto& options = *static_cast<const ScriptedServer::Options*>(with);
    const auto* const ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    );
    const std::string& bytes = options.says_at_certificate;
    if (!bytes.empty()) ::send(SSL_get_fd(ssl), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (options.closes_at_certificate) shutdown(SSL_get_fd(ssl), SHUT_RDWR);
    X509_STORE_CTX_set_error(store, options.client_error);
    return 0;
}

bool Peer::handshake(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_fd(ssl_.get(), socket_.get());
    if (SSL_accept(ssl_.get()) != 1) {
        ERR_clear_error();
        return false;
    }
    session_reused_ = SSL_session_reused(ssl_.get()) == 1;
    look_at_client();
    return true;
}

void Peer::look_at_client() {
    client_chain_.clear();
    if (const X509* certificate = SSL_get0_peer_certificate(ssl_.get())) {
        client_subject_ = certs::subject_of(certificate);
        client_chain_.push_back(client_subject_);
    }
    // On a server's side it is without the leaf.
    const STACK_OF(X509)* const above = SSL_get_peer_cert_chain(ssl_.get());
    for (int i = 0; i < sk_X509_num(above); ++i) {
        client_chain_.push_back(certs::subject_of(sk_X509_value(above, i)));
    }
}

bool Peer::ask_for_certificate() {
    SSL* const ssl = ssl_.get();
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    if (SSL_version(ssl) == TLS1_3_VERSION) {
        if (SSL_verify_client_post_handshake(ssl) != 1) {
            ERR_clear_error();
            return false;
        }
    } else {
        // The session that the client offers then has no certificate: it must not do.
        static constexpr unsigned char kOtherContext[] = "late";
        SSL_set_session_id_context(ssl, kOtherContext, sizeof kOtherContext);
        SSL_renegotiate(ssl);
    }
    SSL_do_handshake(ssl);
    ERR_clear_error();
    return true;
}

bool Peer::asks_again_in_vain() {
    SSL* const ssl = ssl_.get();
    SSL_renegotiate(ssl);
    SSL_do_handshake(ssl);
    char none;
    const bool refused =
        SSL_peek(ssl, &none, 1) <= 0 && ERR_GET_REASON(ERR_peek_error()) == SSL_R_NO_RENEGOTIATION;
    ERR_clear_error();
    return refused;
}

void Peer::wait_for_bytes() const {
    pollfd waiting{socket_.get(), POLLIN, 0};
    ::poll(&waiting, 1, -1);
}

void Peer::wait_until_full() const {
    constexpr int kLooks = 10;
    int before = -1;
    for (int same = 0; same < kLooks;) {
        int now = 0;
        ioctl(socket_.get(), FIONREAD, &now);
        same = now == before && now > 0 ? same + 1 : 0;
        before = now;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
}

bool Peer::wait_for_certificate() {
    SSL* const ssl = ssl_.get();
    // So that a read returns after each part of a handshake.
    SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
    int status = SSL_ERROR_WANT_READ;
    while (status == SSL_ERROR_WANT_READ &&
           (SSL_get0_peer_certificate(ssl) == nullptr || SSL_in_init(ssl) == 1)) {
        char none;
        status = SSL_get_error(ssl, SSL_peek(ssl, &none, 0));
    }
    ERR_clear_error();
    SSL_set_mode(ssl, SSL_MODE_AUTO_RETRY);
    look_at_client();
    return SSL_get0_peer_certificate(ssl) != nullptr;
}

std::string Peer::read_some(std::size_t size) {
    if (!buffer_.empty()) {
        const std::string front = buffer_.substr(0, size);
        buffer_.erase(0, front.size());
        return front;
    }
    std::string bytes(size, '\0');
    ssize_t count = 0;
    if (ssl_) {
        count = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(size));
        ERR_clear_error();
    } else {
        count = recv(socket_.get(), bytes.data(), size, 0);
    }
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
}

std::string Peer::read_head() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        const std::string more = read_some();
        if (more.empty()) return {};
        head += more;
    }
    const std::size_t end = head.find("\r\n\r\n") + 4;
    buffer_ = head.substr(end) + buffer_;
    head.resize(end);
    return head;
}

std::string Peer::read_request() {
    std::string request = read_head();
    const std::size_t head_size = request.size();
    const std::size_t wanted = head_size + content_length(request);
    const bool chunked = is_chunked(request);
    while (request.size() < wanted || (chunked && !request.ends_with("\r\n\r\n")) ||
           (chunked && request.size() == head_size)) {
        const std::string more = chunked ? read_some() : read_some(wanted - request.size());
        if (more.empty()) return {};
        request += more;
    }
    if (ssl_) look_at_client();
    return request;
}

bool Peer::stays(std::chrono::milliseconds time) const {
    pollfd ending{socket_.get(), 0, 0};
    return ::poll(&ending, 1, static_cast<int>(time.count())) == 0;
}

void Peer::ask_for_key_update() {
    // It leaves with what is written next.
    SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
}

bool Peer::write(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t count = 0;
        if (ssl_) {
            const auto size = std::min<std::size_t>(bytes.size(), 1 << 20);
            count = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(size));
            ERR_clear_error();
        } else {
            count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

int Peer::hello_size() const {
    constexpr int kHead = 5;  // of a record
    unsigned char head[kHead];
    const ssize_t count = recv(socket_.get(), head, kHead, MSG_PEEK | MSG_WAITALL);
    return count < kHead ? 0 : kHead + head[3] * 256 + head[4];
}

void Peer::close_cleanly() {
    if (ssl_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
    close_without_notice();
}

void Peer::close_without_notice() { shutdown(socket_.get(), SHUT_RDWR); }

void Peer::cut() {
    // Dissolving the association resets the connection and leaves the descriptor's number taken.
    const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
    connect(socket_.get(), &nobody, sizeof nobody);
}

ScriptedServer::ScriptedServer(const Options& options, Behaviour behaviour)
    : options_{options}, behaviour_{std::move(behaviour)} {
    signal(SIGPIPE, SIG_IGN);
    if (!options_.certificate.empty()) {
        Options then = options_;
        then.min_version = options_.min_version_then;
        then.max_version = options_.max_version_then;
        if (options_.careless_then) {
            then.careless = true;
            then.ciphers = "AECDH-AES128-SHA";
        }
        context_ = scripted_context(options_);
        context_then_ = scripted_context(then);
        for (SSL_CTX* const context : {context_.get(), context_then_.get()}) {
            SSL_CTX_set_client_hello_cb(context, Peer::look_at_hello, &options_);
            if (!options_.ocsp_answer.empty()) staple(*context, options_.ocsp_answer);
            if (options_.client_error == 0) continue;
            SSL_CTX_set_cert_verify_callback(context, Peer::look_at_certificate, &options_);
        }
    }
    if (options_.segment != 0) {
        const int size = options_.segment;
        setsockopt(listener_.descriptor(), IPPROTO_TCP, TCP_MAXSEG, &size, sizeof size);
    }
    acceptor_ = std::thread{[this] { accept_all(); }};
}

void ScriptedServer::stop_listening() { shutdown(listener_.descriptor(), SHUT_RDWR); }

ScriptedServer::~ScriptedServer() {
    stopping_ = true;
    shutdown(listener_.descriptor(), SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock{mutex_};
        for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
}

void ScriptedServer::accept_all() {
    for (;;) {
        const int fd = accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0 || stopping_) {
            if (fd >= 0) ::close(fd);
            return;
        }
        // What is written is on its way: else a second write waits until the first is acknowledged.
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const int number = ++connections_;
        {
            const std::lock_guard lock{mutex_};
            open_.push_back(fd);
        }
        threads_.emplace_back([this, fd, number] { serve(fd, number); });
    }
}

void ScriptedServer::serve(int fd, int number) {
    Peer peer{FileDescriptor{fd}, number};
    SSL_CTX* const context = (number < options_.restarts_at ? context_ : context_then_).get();
    // Without a limit it may be the one that speaks first.
    const bool limited = options_.largest_hello != std::numeric_limits<int>::max();
    if (limited && peer.hello_size() > options_.largest_hello) {
        fail_large_hello(peer);
    } else if (number > options_.shakes_hands_with) {
        if (options_.drops_the_others) shutdown(fd, SHUT_WR);
        wait_while_open(fd);
    } else if (context == nullptr || peer.handshake(context)) {
        ++handshakes_;
        behaviour_(peer);
        peer.close_cleanly();
    } else {
        // Closing with bytes unread would reset the connection, and the alert might be lost on its
        // way.
        shutdown(fd, SHUT_WR);
        wait_while_open(fd);
    }
    const std::lock_guard lock{mutex_};
    std::erase(open_, fd);
}

void ScriptedServer::fail_large_hello(Peer& peer) const {
    const int fd = peer.socket_.get();
    if (options_.large_hello == Options::LargeHello::resets) return peer.cut();
    // What is unread would make a reset of an end.
    std::string hello(static_cast<std::size_t>(peer.hello_size()), '\0');
    recv(fd, hello.data(), hello.size(), MSG_WAITALL);
    if (options_.large_hello == Options::LargeHello::gets_an_alert) {
        peer.write(std::string_view{"\x15\x03\x03\x00\x02\x02\x32", 7});  // decode_error
    }
    if (options_.large_hello != Options::LargeHello::is_ignored) shutdown(fd, SHUT_WR);
    wait_while_open(fd);
}

int ScriptedServer::open() const {
    const std::lock_guard lock{mutex_};
    return static_cast<int>(open_.size());
}

void ScriptedServer::wait_while_open(int fd) const {
    char bytes[4096];
    while (recv(fd, bytes, sizeof bytes, 0) > 0) {
    }
}

std::string ok(std::string_view body, std::string_view fields) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string{fields} + "\r\n" + std::string{body};
}

}  // namespace countersign::tests
