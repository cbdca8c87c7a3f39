#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "certs/bytes.hpp"
#include "proxy/tls/handshake_transcript.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// Notes what is said in one TLS connection: while it goes on a few bytes for each message and the
/// two that the server may be asked about later; what they mean is found out by `seen` alone.
/// Outlives the connection; not movable (OpenSSL knows its address).
class HandshakeWatch {
public:
    using Listener = std::function<void(const HandshakeTranscript::Said&)>;

    HandshakeWatch() = default;
    HandshakeWatch(const HandshakeWatch&) = delete;
    HandshakeWatch& operator=(const HandshakeWatch&) = delete;

    /// From now on that connection's. Once.
    void watch(SSL& ssl);
    /// Calls `listener`, from inside OpenSSL, with each message as it goes or comes.
    void tell(Listener listener) { listener_ = std::move(listener); }
    /// Why it failed, as this side found it.
    void note(const TlsFailure& failure);
    /// While the connection is there: what was said so far, and what it came to.
    HandshakeTranscript seen() const;

private:
    /// Handshake messages by TLS's numbers, alerts by theirs, both of a byte.
    enum class Kind : std::uint8_t { message, retry_request, alert };
    struct Note {
        std::uint32_t at;  ///< microseconds
        std::uint32_t bytes;
        Kind kind;
        std::uint8_t number;
        bool by_server;
    };
    using Bytes = std::vector<unsigned char>;

    static void on_message(
        int sent, int version, int content, const void* bytes, std::size_t size, SSL* ssl,
        void* self
    );
    static HandshakeTranscript::Said said_of(const Note& note);
    void note(bool by_server, int content, certs::ByteView bytes, const SSL& ssl);
    void note_handshake(certs::ByteView message, bool by_server, int version);
    void add(Note note);
    bool has_answered() const;
    void add_chosen(HandshakeTranscript& seen) const;
    void add_certificates(HandshakeTranscript& seen) const;

    SSL* ssl_ = nullptr;
    std::chrono::steady_clock::time_point began_{};
    std::vector<Note> notes_;
    Bytes shown_;                 ///< the server's Certificate, without its header
    std::optional<Bytes> asked_;  ///< its CertificateRequest, likewise
    std::optional<std::size_t> given_;
    std::uint16_t scheme_ = 0;
    std::optional<HandshakeTranscript::Refused> refused_;
    Listener listener_;
};

}  // namespace countersign::proxy::tls
