#include "certs/make/key_pair.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <array>
#include <charconv>

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

constexpr unsigned kLeastRsaBits = 2048;
constexpr unsigned kMostRsaBits = 4096;
constexpr unsigned kRsaStep = 256;

EditError unknown(std::string_view text) {
    return {
        "'" + printable(text) +
        "' is no key that is made here. Ask for rsa-2048 to rsa-4096, ec-p256, ec-p384, ec-p521 "
        "or ed25519."};
}

}  // namespace

EditResult<KeySpec> KeySpec::parse(std::string_view text) {
    const std::string name = in_lower_case(text);
    if (name == "rsa") return KeySpec{};
    if (name == "ec") return KeySpec{.kind = Kind::ec, .curve = "P-256"};
    if (name == "ed25519") return KeySpec{.kind = Kind::ed25519};
    for (const char* digits : {"256", "384", "521"}) {
        if (name == std::string{"ec-p"} + digits) {
            return KeySpec{.kind = Kind::ec, .curve = std::string{"P-"} + digits};
        }
    }
    if (name.starts_with("rsa-")) {
        unsigned bits = 0;
        const char* const end = name.data() + name.size();
        const auto [stop, error] = std::from_chars(name.data() + 4, end, bits);
        if (error == std::errc{} && stop == end && bits >= kLeastRsaBits && bits <= kMostRsaBits &&
            bits % kRsaStep == 0) {
            return KeySpec{.kind = Kind::rsa, .bits = bits};
        }
    }
    return unknown(text);
}

EditResult<PrivateKeyHandle> make_key_pair(const KeySpec& spec) {
    PrivateKeyHandle key;
    switch (spec.kind) {
        case KeySpec::Kind::rsa:
            key.reset(EVP_RSA_gen(spec.bits));
            break;
        case KeySpec::Kind::ec:
            key.reset(EVP_EC_gen(spec.curve.c_str()));
            break;
        case KeySpec::Kind::ed25519:
            key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
            break;
    }
    if (!key) return openssl_error("no key can be made");
    return key;
}

std::string describe_key(const EVP_PKEY* key) {
    if (key == nullptr) return "unreadable key";
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return "RSA " + std::to_string(EVP_PKEY_get_bits(key));
        case EVP_PKEY_RSA_PSS:
            return "RSA-PSS " + std::to_string(EVP_PKEY_get_bits(key));
        case EVP_PKEY_EC: {
            std::array<char, 64> group{};
            if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1) {
                const char* const nist = EC_curve_nid2nist(OBJ_txt2nid(group.data()));
                return std::string{"EC "} + (nist != nullptr ? nist : group.data());
            }
            drain_openssl_errors();
            return "EC";
        }
        case EVP_PKEY_ED25519:
            return "Ed25519";
        case EVP_PKEY_ED448:
            return "Ed448";
        default:
            break;
    }
    const char* const name = EVP_PKEY_get0_type_name(key);
    return name != nullptr ? name : "unknown key";
}

std::string public_key_text(const X509* certificate) {
    std::string text = describe_key(X509_get0_pubkey(certificate));
    drain_openssl_errors();
    return text;
}

}  // namespace countersign::certs
