#include "proxy/tls/danger.hpp"

#include <openssl/obj_mac.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace countersign::proxy::tls {

namespace {

using profiles::Danger;
using profiles::Dangers;

/// Bits of security of RSA and Diffie-Hellman with 1024 bits (NIST SP 800-57, as OpenSSL counts).
constexpr int kOf1024Bits = 80;

using SecurityCallback = int (*)(
    const SSL* ssl, const SSL_CTX* context, int operation, int bits, int nid, void* other,
    void* data
);
/// OpenSSL's own; the same for all contexts.
SecurityCallback g_default_callback = nullptr;

bool is_old_version(const SSL* ssl) { return ssl != nullptr && SSL_version(ssl) < TLS1_2_VERSION; }

bool accepts(const Dangers& dangers, const SSL* ssl, int operation, int bits, int nid) {
    switch (operation & ~SSL_SECOP_PEER) {
        case SSL_SECOP_VERSION:
            return dangers.has(Danger::tls10) && nid >= TLS1_VERSION;
        case SSL_SECOP_TMP_DH:
            return dangers.has(Danger::small_dh) && bits >= kOf1024Bits;
        case SSL_SECOP_EE_KEY:
        case SSL_SECOP_CA_KEY:
            return dangers.has(Danger::weak_keys) && bits >= kOf1024Bits;
        case SSL_SECOP_CA_MD:
            return dangers.has(Danger::sha1) && nid == NID_sha1;
        case SSL_SECOP_SIGALG_SUPPORTED:
        case SSL_SECOP_SIGALG_SHARED:
        case SSL_SECOP_SIGALG_CHECK:
        case SSL_SECOP_SIGALG_MASK:
            // TLS 1.0 and 1.1 have no other signatures.
            if (nid == NID_md5_sha1) return dangers.has(Danger::tls10);
            return nid == NID_sha1 && (dangers.has(Danger::sha1) ||
                                       (dangers.has(Danger::tls10) && is_old_version(ssl)));
        default:
            return false;
    }
}

int on_security(
    const SSL* ssl, const SSL_CTX* context, int operation, int bits, int nid, void* other,
    void* data
) {
    const Dangers dangers = Dangers::of_number(reinterpret_cast<std::uintptr_t>(data));
    if (accepts(dangers, ssl, operation, bits, nid)) return 1;
    return g_default_callback(ssl, context, operation, bits, nid, other, data);
}

/// Bits of security that a level asks for (SSL_CTX_set_security_level(3)).
int bits_of_level(int level) {
    static constexpr int kBits[] = {0, 80, 112, 128, 192, 256};
    return kBits[std::clamp(level, 0, static_cast<int>(std::size(kBits)) - 1)];
}

/// Whether the certificate has no alternative name, and a host's as its common name.
bool is_by_common_name(X509* certificate, const char* host) {
    return host != nullptr && X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0 &&
           X509_check_host(
               certificate, host, std::strlen(host), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr
           ) == 1;
}

}  // namespace

void apply_dangers(SSL_CTX& context, const Dangers& dangers) {
    if (dangers.has(Danger::legacy_renegotiation)) {
        SSL_CTX_set_options(&context, SSL_OP_LEGACY_SERVER_CONNECT);
    } else {
        SSL_CTX_clear_options(&context, SSL_OP_LEGACY_SERVER_CONNECT);
    }
    if (dangers.empty()) return;
    // Once: handshakes of other contexts read it meanwhile.
    static const bool known = [&context] {
        g_default_callback = SSL_CTX_get_security_callback(&context);
        return true;
    }();
    static_cast<void>(known);
    // By value: the context may outlive the rules, which have twins.
    SSL_CTX_set0_security_ex_data(&context, reinterpret_cast<void*>(dangers.to_number()));
    SSL_CTX_set_security_callback(&context, on_security);
}

bool checks_strength(const Dangers& dangers) {
    return dangers.has(Danger::sha1) || dangers.has(Danger::weak_keys);
}

std::optional<Danger> accepted_by(int error, X509* certificate, const char* host, bool pinned) {
    if (certificate == nullptr) return std::nullopt;
    switch (error) {
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
            if (EVP_PKEY_get_security_bits(X509_get0_pubkey(certificate)) < kOf1024Bits) break;
            return Danger::weak_keys;
        case X509_V_ERR_CA_MD_TOO_WEAK: {
            int digest = NID_undef;
            X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr);
            if (digest != NID_sha1) break;
            return Danger::sha1;
        }
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            // It accepts less than the other: a name all the same.
            if (is_by_common_name(certificate, host)) return Danger::common_name;
            if (pinned) return Danger::pinned_name;
            break;
        default:
            break;
    }
    return std::nullopt;
}

Weakness weakness_of(const STACK_OF(X509) * chain, const Dangers& dangers, int level) {
    const int wanted = bits_of_level(level);
    const int last = sk_X509_num(chain) - 1;
    for (int depth = 0; depth <= last; ++depth) {
        const X509* const one = sk_X509_value(chain, depth);
        const int key = EVP_PKEY_get_security_bits(X509_get0_pubkey(one));
        if (key < wanted && !(dangers.has(Danger::weak_keys) && key >= kOf1024Bits)) {
            return {depth == 0 ? X509_V_ERR_EE_KEY_TOO_SMALL : X509_V_ERR_CA_KEY_TOO_SMALL, depth};
        }
        if (depth == last) break;  // the one that is trusted: nobody goes by its signature
        int digest = NID_undef;
        int bits = -1;
        X509_get_signature_info(const_cast<X509*>(one), &digest, nullptr, &bits, nullptr);
        if (bits < wanted && !(dangers.has(Danger::sha1) && digest == NID_sha1)) {
            return {X509_V_ERR_CA_MD_TOO_WEAK, depth};
        }
    }
    return {X509_V_OK, 0};
}

}  // namespace countersign::proxy::tls
