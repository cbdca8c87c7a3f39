#include "proxy/tls/handshake_watch.hpp"

#include <algorithm>
#include <new>
#include <utility>
#include <variant>

#include "certs/make/key_pair.hpp"

namespace countersign::proxy::tls {

namespace {

constexpr std::size_t kMessageHeader = 4;
/// A server may talk without end; what it says is only looked at.
constexpr std::size_t kMostSaid = 200;
/// Both sides of a full handshake.
constexpr std::size_t kUsuallySaid = 16;

std::string group_text(SSL* ssl) {
    EVP_PKEY* key = nullptr;
    if (SSL_get_peer_tmp_key(ssl, &key) != 1) {
        // Of X25519MLKEM768 the server sends no key. OpenSSL looks for the group in the session.
        if (SSL_get_session(ssl) == nullptr) return {};
        const long group = SSL_get_negotiated_group(ssl);
        const char* const name = SSL_group_to_name(ssl, static_cast<int>(group));
        return name == nullptr ? "" : name;
    }
    const certs::PrivateKeyHandle owned{key};
    return certs::describe_key(key);
}

}  // namespace

void HandshakeWatch::watch(SSL& ssl) {
    ssl_ = &ssl;
    began_ = std::chrono::steady_clock::now();
    notes_.reserve(kUsuallySaid);
    SSL_set_msg_callback(&ssl, on_message);
    SSL_set_msg_callback_arg(&ssl, this);
}

void HandshakeWatch::on_message(
    int sent, int, int content, const void* bytes, std::size_t size, SSL* ssl, void* self
) {
    if (content != SSL3_RT_HANDSHAKE && content != SSL3_RT_ALERT) return;
    // Nothing is thrown through OpenSSL: what memory is too short for is not written down.
    try {
        static_cast<HandshakeWatch*>(self)->note(
            sent == 0, content, {static_cast<const unsigned char*>(bytes), size}, *ssl
        );
    } catch (const std::bad_alloc&) {
    }
}

void HandshakeWatch::note(bool by_server, int content, certs::ByteView bytes, const SSL& ssl) {
    if (content == SSL3_RT_HANDSHAKE && bytes.size() >= kMessageHeader) {
        note_handshake(bytes, by_server, SSL_version(&ssl));
    } else if (content == SSL3_RT_ALERT && bytes.size() == 2) {
        add({0, 0, Kind::alert, bytes[1], by_server});
    }
}

void HandshakeWatch::note_handshake(certs::ByteView message, bool by_server, int version) {
    const std::uint8_t type = message[0];
    const certs::ByteView body = message.subspan(kMessageHeader);
    Kind kind = Kind::message;
    if (type == SSL3_MT_SERVER_HELLO && is_retry_request(body)) kind = Kind::retry_request;
    if (by_server && type == SSL3_MT_CERTIFICATE) {
        shown_.assign(body.begin(), body.end());
    } else if (by_server && type == SSL3_MT_CERTIFICATE_REQUEST) {
        asked_.emplace(body.begin(), body.end());
    } else if (type == SSL3_MT_CERTIFICATE) {
        given_ = count_certificates(body, version == TLS1_3_VERSION);
        scheme_ = 0;
    } else if (!by_server && type == SSL3_MT_CERTIFICATE_VERIFY) {
        scheme_ = read_signature_scheme(body, version >= TLS1_2_VERSION);
    }
    add({0, static_cast<std::uint32_t>(message.size()), kind, type, by_server});
}

void HandshakeWatch::add(Note note) {
    if (notes_.size() >= kMostSaid) return;
    const auto at = std::chrono::steady_clock::now() - began_;
    note.at =
        static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(at).count()
        );
    notes_.push_back(note);
    if (listener_) listener_(said_of(note));
}

HandshakeTranscript::Said HandshakeWatch::said_of(const Note& note) {
    HandshakeTranscript::Said said;
    said.at = std::chrono::microseconds{note.at};
    said.by_server = note.by_server;
    said.bytes = note.bytes;
    said.what = note.kind == Kind::alert           ? "alert"
                : note.kind == Kind::retry_request ? "HelloRetryRequest"
                                                   : handshake_message_name(note.number);
    if (note.kind == Kind::alert) said.alert = note.number;
    return said;
}

void HandshakeWatch::note(const TlsFailure& failure) {
    const auto* const refused = std::get_if<CertificateRefused>(&failure.cause);
    if (refused == nullptr) return;
    refused_ = {refused->subject, refused->issuer, refused->not_after};
}

/// Until then OpenSSL takes the newest version for the one.
bool HandshakeWatch::has_answered() const {
    return std::ranges::any_of(notes_, [](const Note& one) {
        return one.by_server && one.kind == Kind::message && one.number == SSL3_MT_SERVER_HELLO;
    });
}

HandshakeTranscript HandshakeWatch::seen() const {
    HandshakeTranscript seen;
    for (const Note& one : notes_) seen.said.push_back(said_of(one));
    seen.refused = refused_;
    if (ssl_ == nullptr || !has_answered()) return seen;
    add_chosen(seen);
    add_certificates(seen);
    return seen;
}

void HandshakeWatch::add_chosen(HandshakeTranscript& seen) const {
    seen.version = SSL_get_version(ssl_);
    if (const SSL_CIPHER* const suite = SSL_get_current_cipher(ssl_)) {
        seen.suite = SSL_CIPHER_standard_name(suite);
    } else if (const SSL_CIPHER* const pending = SSL_get_pending_cipher(ssl_)) {
        seen.suite = SSL_CIPHER_standard_name(pending);
    }
    seen.group = group_text(ssl_);
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &protocol, &size);
    seen.alpn.assign(reinterpret_cast<const char*>(protocol), protocol == nullptr ? 0 : size);
}

void HandshakeWatch::add_certificates(HandshakeTranscript& seen) const {
    const bool tls13 = SSL_version(ssl_) == TLS1_3_VERSION;
    seen.shown = read_certificates(shown_, tls13);
    if (asked_) seen.asked = read_certificate_request(*asked_, tls13);
    if (given_) {
        seen.given = {*given_, scheme_ == 0 ? std::string{} : signature_scheme_name(scheme_)};
    }
    // A chain that was refused stands there, too, as far as it was built.
    const bool accepted = !seen.refused && SSL_get_verify_result(ssl_) == X509_V_OK;
    const STACK_OF(X509)* const chain = accepted ? SSL_get0_verified_chain(ssl_) : nullptr;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        seen.verified.push_back(certs::share(sk_X509_value(chain, i)));
    }
}

}  // namespace countersign::proxy::tls
