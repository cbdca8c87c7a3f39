#include "proxy/tls/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstdint>

#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/tls/danger.hpp"
#include "proxy/tls/key_log.hpp"
#include "proxy/tls/library_context.hpp"
#include "proxy/tls/offer.hpp"
#include "proxy/tls/verification.hpp"

namespace countersign::proxy::tls {

namespace {

/// Bytes of the certificates that a server may send. OpenSSL's own 100 KiB are less than some
/// bundles; what it keeps of them, it keeps until the handshake ends.
constexpr long kMaxServerCertificates = 256L * 1024;

int version_number(profiles::TlsVersion version) {
    return version == profiles::TlsVersion::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

/// SSL_OP_NO_TX_CERTIFICATE_COMPRESSION and SSL_OP_NO_RX_CERTIFICATE_COMPRESSION, of OpenSSL 3.2
/// and later (RFC 8879); those before it know no such bits.
constexpr std::uint64_t kNoCompressedCertificates = (1ULL << 32) | (1ULL << 33);

/// Whether OpenSSL's last refusal is of what a certificate is made with.
bool is_too_weak() {
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    return reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL ||
           reason == SSL_R_CA_MD_TOO_WEAK;
}

bool is_accepted(const certs::Weakness& weakness, const profiles::Dangers& dangers) {
    return std::ranges::any_of(profiles::kDangerSwitches, [&](const profiles::DangerSwitch& one) {
        return one.key == weakness.accepted_by && dangers.has(one.danger);
    });
}

}  // namespace

/// Below TLS 1.3 there are no key shares in the first message.
TlsContext::TlsContext(TlsContextParts parts, DefaultGroups groups) : parts_{std::move(parts)} {
    const bool has_shares = parts_.rules.max_version == profiles::TlsVersion::tls_1_3;
    if (has_shares && parts_.rules.offer.groups.empty()) groups_ = std::move(groups);
}

boost::system::result<std::shared_ptr<const TlsContext>, std::string> TlsContext::make(
    TlsContextParts parts, DefaultGroups groups
) {
    std::shared_ptr<TlsContext> made{new TlsContext{std::move(parts), std::move(groups)}};
    if (!made->configure()) {
        return "OpenSSL refuses its key store or TLS rules: " + certs::drain_openssl_errors();
    }
    const profiles::TlsRules& rules = made->parts_.rules;
    std::string wrong = apply_offer(*made->context_, rules.offer);
    if (wrong.empty() && rules.key_log) wrong = write_keys_to(*made->context_, *rules.key_log);
    if (!wrong.empty()) return wrong;
    return std::shared_ptr<const TlsContext>{std::move(made)};
}

std::shared_ptr<const TlsContext> TlsContext::twin_of(const TlsContext& other) {
    std::shared_ptr<TlsContext> made{new TlsContext{other.parts_, other.groups_}};
    SSL_CTX_up_ref(other.context_.get());
    made->context_.reset(other.context_.get());
    made->refused_ = other.refused_;
    return made;
}

bool TlsContext::use_identity() {
    const certs::Identity& identity = *parts_.identity;
    SSL_CTX* const ctx = context_.get();
    // The chain goes out as the identity has it; OpenSSL is not to complete it from the trust store
    // by itself.
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    if (SSL_CTX_use_certificate(ctx, identity.leaf()) != 1) {
        // What stands above it cannot be added without it.
        return note_refused(identity.leaf());
    }
    if (SSL_CTX_use_PrivateKey(ctx, identity.key()) != 1) return false;
    const auto add = [this, ctx](X509* certificate) {
        return SSL_CTX_add1_chain_cert(ctx, certificate) == 1 || note_refused(certificate);
    };
    for (const certs::X509Handle& certificate : identity.chain()) {
        if (!add(certificate.get())) return false;
    }
    const bool has_root = parts_.send_root && identity.root() != nullptr;
    return !has_root || add(identity.root());
}

// False where it is not for its strength.
bool TlsContext::note_refused(X509* certificate) {
    if (!is_too_weak()) return false;
    const std::string words = certs::drain_openssl_errors();
    const std::size_t before = refused_.size();
    for (certs::Weakness& each : certs::weaknesses_of(certificate, true)) {
        if (is_accepted(each, parts_.rules.dangers)) continue;
        refused_.push_back({certificate, std::move(each)});
    }
    if (refused_.size() > before) return true;
    // A level above 2, set for the whole machine.
    std::string says = "is too weak for the security level of OpenSSL here, ";
    says += std::to_string(SSL_CTX_get_security_level(context_.get())) + " (" + words + ")";
    refused_.push_back({certificate, {certs::Weakness::Part::key, std::move(says)}});
    return true;
}

std::string TlsContext::refusal() const {
    if (refused_.empty()) return {};
    const auto& [certificate, weakness] = refused_.front();
    if (certificate == parts_.identity->leaf()) return weakness.says;
    return "has an issuer, " + certs::in_quotes(certs::subject_of(certificate)) + ", that " +
           weakness.says;
}

bool TlsContext::configure() {
    context_.reset(SSL_CTX_new_ex(library_context(), nullptr, TLS_client_method()));
    SSL_CTX* const ctx = context_.get();
    if (ctx == nullptr) return false;
    apply_dangers(*ctx, parts_.rules.dangers);
    const bool old = parts_.rules.dangers.has(profiles::Danger::tls10);
    const int lowest = old ? TLS1_VERSION : version_number(parts_.rules.min_version);
    if (SSL_CTX_set_min_proto_version(ctx, lowest) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, version_number(parts_.rules.max_version)) != 1) {
        return false;
    }
    if (!groups_.all.empty() && SSL_CTX_set1_groups_list(ctx, groups_.all.c_str()) != 1) {
        return false;
    }
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | kNoCompressedCertificates);
    SSL_CTX_set_max_cert_list(ctx, kMaxServerCertificates);
    if (parts_.rules.renegotiation == profiles::RenegotiationRule::refuse) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
    }
    // Record buffers are there while a record passes, and go back to the heap after it: all the
    // connections of a worker share the few that are warm in the cache.
    SSL_CTX_set_mode(
        ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                 SSL_MODE_RELEASE_BUFFERS
    );
    // Without read-ahead every record costs two reads: five bytes, then the rest.
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_post_handshake_auth(ctx, parts_.rules.post_handshake_auth ? 1 : 0);
    if (SSL_CTX_set1_cert_store(ctx, parts_.trust->store()); parts_.identity && !use_identity()) {
        return false;
    }
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    Verification::install(*ctx, parts_.rules);
    return true;
}

bool TlsContext::differs_in_identity(const TlsContext& other) const {
    const auto& own = parts_.identity;
    if (!own || !other.parts_.identity || own == other.parts_.identity) return false;
    TlsContextParts same = parts_;
    same.identity = other.parts_.identity;
    return other.is_made_of(same);
}

certs::SslHandle TlsContext::new_ssl() const {
    return certs::SslHandle{refused_.empty() ? SSL_new(context_.get()) : nullptr};
}

void TlsContext::make_hello_small(SSL& connection) const {
    SSL_set1_groups_list(&connection, groups_.small.c_str());
}

}  // namespace countersign::proxy::tls
