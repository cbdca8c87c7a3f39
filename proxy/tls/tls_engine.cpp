#include "proxy/tls/tls_engine.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include "certs/error.hpp"
#include "profiles/network.hpp"
#include "proxy/tls/handshake_watch.hpp"
#include "proxy/tls/own_signature.hpp"
#include "proxy/tls/tls_context.hpp"

namespace countersign::proxy::tls {

namespace {

/// An old error must not explain a new failure. Clearing walks over sixteen entries; looking first
/// does not.
void forget_old_errors() {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

/// SNI carries names only (RFC 6066 3); an IP literal is verified against the certificate's IP
/// addresses.
bool set_server_name(SSL* ssl, const std::string& name, const profiles::TlsRules& rules) {
    const bool address = profiles::IpAddress::parse(name).has_value();
    const bool announced = rules.offer.server_name && !address;
    if (announced && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return false;
    if (!rules.verify_names.empty()) return true;
    return address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1
                   : SSL_set1_host(ssl, name.c_str()) == 1;
}

/// Whether the library's error is that the server has sent a fatal alert.
bool is_alert(unsigned long error) {
    const int reason = ERR_GET_REASON(error);
    return ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET &&
           reason < SSL_AD_REASON_OFFSET + 256;
}

/// Whether the server's hello has come: until then OpenSSL takes the newest version for the one.
bool has_answered(const SSL& ssl) {
    std::array<unsigned char, SSL3_RANDOM_SIZE> random{};
    SSL_get_server_random(&ssl, random.data(), random.size());
    return std::ranges::any_of(random, [](unsigned char byte) { return byte != 0; });
}

/// Tickets with a client's certificate in them may be as large as a key share. What is said besides
/// has some 400 bytes, and a packet 1,400.
bool has_large_ticket(const TlsSession& session) {
    constexpr std::size_t kSmallTicket = 400;
    if (!session.handle) return false;
    const unsigned char* ticket = nullptr;
    std::size_t size = 0;
    SSL_SESSION_get0_ticket(session.handle.get(), &ticket, &size);
    return size > kSmallTicket;
}

AlertReceived alert_of(unsigned long error) {
    const int number = ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET;
    // OpenSSL 3.0 has no words for the very alert that asks for our certificate (RFC 8446 6.2).
    const bool wordless = number == SSL_AD_CERTIFICATE_REQUIRED;
    return {number, wordless ? "certificate required" : SSL_alert_desc_string_long(number)};
}

}  // namespace

TlsEngine::TlsEngine(
    const TlsContext& context, RecordChannel& channel, const std::string& server_name,
    TlsMemory* memory, HelloTerms hello
)
    : channel_{channel},
      verification_{context.rules(), context.lists(), memory},
      records_{channel},
      ssl_{context.new_ssl()} {
    SSL* const ssl = ssl_.get();
    BIO* const bio = ssl == nullptr ? nullptr : records_.make();
    if (bio == nullptr) throw std::bad_alloc{};
    SSL_set_bio(ssl, bio, bio);
    verification_.watch(*ssl);
    SSL_set_connect_state(ssl);
    // A name that cannot be verified must not become a connection that is not verified.
    if (!set_server_name(ssl, server_name, context.rules())) {
        ERR_clear_error();
        broken_ = true;
        verification_.failure().cause =
            ProtocolError{"'" + server_name + "' cannot be used as a server's name"};
        return;
    }
    const bool is_small =
        context.has_large_hello() &&
        !(hello.large &&
          (memory == nullptr || memory->hello.may_be_large(std::chrono::steady_clock::now())));
    if (hello.session && context.rules().session_resumption && memory != nullptr) {
        TlsSession session = memory->sessions.take(std::chrono::system_clock::now());
        if (is_small && has_large_ticket(session)) session = {};
        const certs::SslSessionHandle handle = std::move(session.handle);
        offered_session_ = handle != nullptr && SSL_set_session(ssl, handle.get()) == 1;
        if (session.version_alone) {
            SSL_set_max_proto_version(ssl, SSL_SESSION_get_protocol_version(handle.get()));
        }
        verification_.offer(std::move(session));
    }
    // With an older version alone there is no key share.
    if (context.has_large_hello() && SSL_get_max_proto_version(ssl) == TLS1_3_VERSION) {
        large_hello_ = !is_small;
        if (is_small) context.make_hello_small(*ssl);
    }
}

bool TlsEngine::server_has_answered() const { return has_answered(*ssl_); }

TlsEngine::~TlsEngine() {
    // Freed without a shutdown, OpenSSL marks the session as not resumable. Where the server does
    // not close by itself, say goodbye; where the connection is broken or gone, only pretend.
    const bool silent = !connected_ || broken_ || !goodbye_ || channel_.peer_closed();
    if (silent) SSL_set_quiet_shutdown(ssl_.get(), 1);
    if (connected_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

void TlsEngine::tell(HandshakeWatch& watch) {
    watch.watch(*ssl_);
    watch_ = &watch;
}

void TlsEngine::stop_telling() {
    SSL_set_msg_callback(ssl_.get(), nullptr);
    watch_ = nullptr;
}

net::IoStatus TlsEngine::handshake() {
    if (broken_) return net::IoStatus::failed;
    if (const net::IoStatus flushed = flush(); flushed != net::IoStatus::ok) return flushed;
    forget_old_errors();
    records_.begin_read();
    records_.hold_after_hello();
    const int result = SSL_do_handshake(ssl_.get());
    records_.stop_holding();
    if (result == 1) {
        connected_ = true;
        // OpenSSL hands it over in every handshake. If it ever did not, this would be no server
        // that was asked about.
        if (verification_.awaits_answer()) {
            broken_ = true;
            verification_.failure().cause = ProtocolError{"nobody looked for an OCSP answer"};
            return net::IoStatus::failed;
        }
        if (!verification_.requires_identity() || identity_sent()) return net::IoStatus::ok;
        broken_ = true;
        verification_.failure().cause = IdentityNotProven{};
        return net::IoStatus::failed;
    }
    const net::IoStatus status = explain(result);
    if (status == net::IoStatus::failed) {
        records_.flush();  // the alert that says why, as far as it goes
        return status;
    }
    const net::IoStatus flushed = flush();
    return flushed == net::IoStatus::ok ? status : flushed;
}

net::IoStatus TlsEngine::settle(const RevocationFinding& finding) {
    verification_.settle(finding);
    if (finding.error == X509_V_OK) return net::IoStatus::ok;
    broken_ = true;
    return net::IoStatus::failed;
}

net::IoStatus TlsEngine::flush() {
    const net::IoStatus status = records_.flush();
    if (status == net::IoStatus::failed) note_reset(errno);
    return status;
}

net::IoResult TlsEngine::try_read(char* into, std::size_t room) {
    if (ended_ != net::IoStatus::ok) return {ended_, 0};
    // Who reads waits for an answer: the server has to have all that was said for that. Where there
    // is no room it may have to be heard first.
    // And where nobody takes it any more, what was said before may say why.
    const net::IoStatus flushed = flush();
    const bool lost = flushed != net::IoStatus::ok && !net::would_block(flushed);
    forget_old_errors();
    records_.begin_read();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into, room, &bytes);
    if (result == 1) return {net::IoStatus::ok, bytes};
    const net::IoStatus status = explain(result);
    return {lost && net::would_block(status) ? flushed : status, 0};
}

net::IoResult TlsEngine::try_write(std::string_view bytes) {
    if (ended_ != net::IoStatus::ok) return {net::IoStatus::failed, 0};
    if (records_.is_blocked()) {
        if (const net::IoStatus flushed = flush(); flushed != net::IoStatus::ok) {
            return {flushed, 0};
        }
    }
    forget_old_errors();
    records_.begin_read();  // of a handshake that the server has asked for
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    if (result == 1) return {net::IoStatus::ok, written};
    return {explain(result), 0};
}

void TlsEngine::end_sending() {
    if (!connected_ || !std::exchange(goodbye_, false)) return;
    forget_old_errors();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

net::IoStatus TlsEngine::explain(int result) {
    const int system_error = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return net::IoStatus::would_block_read;
        case SSL_ERROR_WANT_WRITE:
            return net::IoStatus::would_block_write;
        case SSL_ERROR_ZERO_RETURN:
            broken_ = true;
            verification_.failure().cause = ServerClosed{};
            verification_.failure().after_handshake = connected_;
            return net::IoStatus::closed;
        case SSL_ERROR_SYSCALL:
            note_reset(system_error);
            return net::IoStatus::failed;
        default:
            break;
    }
    broken_ = true;
    const bool unexpected_eof =
        ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    note_openssl_error();
    if (!connected_) return net::IoStatus::failed;
    const auto& cause = verification_.failure().cause;
    // The latter in a handshake that the server has asked for later.
    const bool refused = std::holds_alternative<AlertReceived>(cause) ||
                         std::holds_alternative<CertificateRefused>(cause);
    // With `danger_accept_truncation` as good as announced.
    const bool counts_as_closed = unexpected_eof && verification_.accepts_truncation();
    ended_ = refused            ? net::IoStatus::refused
             : counts_as_closed ? net::IoStatus::closed
             : unexpected_eof   ? net::IoStatus::truncated
                                : net::IoStatus::failed;
    return ended_;
}

void TlsEngine::note_reset(int system_error) {
    broken_ = true;
    TlsFailure& failure = verification_.failure();
    failure.cause = ConnectionReset{std::strerror(system_error)};
    failure.after_handshake = connected_;
    ERR_clear_error();
}

void TlsEngine::note_openssl_error() {
    const unsigned long error = ERR_peek_error();
    std::string text = certs::drain_openssl_errors();
    // Of 3.2 and later, behind whatever is wrong with a record: it adds nothing.
    constexpr std::string_view kOfRecord = "; record layer failure";
    if (text.ends_with(kOfRecord)) text.resize(text.size() - kOfRecord.size());
    TlsFailure& failure = verification_.failure();
    failure.after_handshake = connected_;
    // What comes after a certificate that was not accepted comes of that.
    if (std::holds_alternative<CertificateRefused>(failure.cause)) return;
    // An end and an alert say more than what was known before; anything else gives that its words.
    if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        failure.cause = ServerClosed{};
    } else if (is_alert(error)) {
        failure.cause = alert_of(error);
    } else if (auto* const reset = std::get_if<ConnectionReset>(&failure.cause)) {
        reset->text = std::move(text);
    } else if (auto* const protocol = std::get_if<ProtocolError>(&failure.cause)) {
        protocol->text = std::move(text);
    }
}

TlsFailure TlsEngine::take_failure() {
    TlsFailure failure = verification_.take_failure();
    if (has_answered(*ssl_)) failure.version = version();
    // Before the end of a handshake nothing is known of that of the session which it offered.
    const bool known = connected_ || verification_.asked_here();
    const CertificateRequest* const request = known ? certificate_request() : nullptr;
    failure.certificate_requested = request != nullptr;
    failure.identity_sent = known && identity_sent();
    if (request != nullptr) {
        if (!failure.identity_sent) failure.accepted_signatures = signatures_taken(*ssl_);
        failure.accepted_issuers = request->issuers;
        failure.issuers_named = request->count;
    }
    if (watch_ != nullptr) watch_->note(failure);
    return failure;
}

bool TlsEngine::release_buffers() {
    // OpenSSL itself looks for a record whose header has come, and whose body has not, only since
    // CVE-2024-4741.
    const bool between_records = std::string_view{SSL_rstate_string(ssl_.get())} == "RH";
    return between_records && !has_pending() && SSL_free_buffers(ssl_.get()) == 1;
}

bool TlsEngine::shakes_hands_again() const { return connected_ && SSL_in_init(ssl_.get()) == 1; }
bool TlsEngine::has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }
bool TlsEngine::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
const char* TlsEngine::version() const { return SSL_get_version(ssl_.get()); }

}  // namespace countersign::proxy::tls
