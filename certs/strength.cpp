#include "certs/strength.hpp"

#include <openssl/x509v3.h>

#include "certs/error.hpp"
#include "certs/make/key_pair.hpp"

namespace countersign::certs {
namespace {

/// In bits of NIST SP 800-57, as OpenSSL counts: what its security level 2 asks for, and what RSA
/// with 1024 bits has.
constexpr int kWanted = 112;
constexpr int kOfRsa1024 = 80;

}  // namespace

std::vector<Weakness> weaknesses_of(X509* certificate, bool signature_counts) {
    std::vector<Weakness> found;
    const EVP_PKEY* const key = X509_get0_pubkey(certificate);
    if (key != nullptr && EVP_PKEY_get_security_bits(key) < kWanted) {
        std::string says = "is for a key of " + describe_key(key);
        const int kind = EVP_PKEY_get_base_id(key);
        if (kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS) says += " bits";
        says += ", which today's servers refuse";
        const bool acceptable = EVP_PKEY_get_security_bits(key) >= kOfRsa1024;
        found.push_back({Weakness::Part::key, says, acceptable ? "danger_weak_keys" : ""});
    }
    int digest = NID_undef;
    int bits = -1;
    X509_get_signature_info(certificate, &digest, nullptr, &bits, nullptr);
    const bool names_itself = (X509_get_extension_flags(certificate) & EXFLAG_SS) != 0;
    if (signature_counts && !names_itself && digest != NID_undef && bits < kWanted) {
        std::string says = "is signed with ";
        says += OBJ_nid2sn(digest);
        says += ", which today's servers refuse";
        found.push_back({Weakness::Part::signature, says, digest == NID_sha1 ? "danger_sha1" : ""});
    }
    drain_openssl_errors();
    return found;
}

std::string remedy_of(const Weakness& weakness, bool is_own) {
    std::string text = weakness.part == Weakness::Part::signature
                           ? "Ask the authority for a certificate that is signed with SHA-256."
                       : is_own ? "Make a key of 2048 bits or more, and request anew."
                                : "Ask the authority for its present certificate.";
    if (weakness.accepted_by.empty()) return text;
    return text += " Where one partner cannot do better, tls: { " + weakness.accepted_by +
                   ": true } in its profile accepts it.";
}

}  // namespace countersign::certs
