#include "proxy/tls/server_check.hpp"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

#include "certs/openssl_handle.hpp"

namespace countersign::proxy {

namespace {

using NamesHandle = certs::OpensslHandle<GENERAL_NAMES, GENERAL_NAMES_free>;

bool has_uri(X509* leaf, const std::string& uri) {
    const NamesHandle names{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)
        )};
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_URI) continue;
        const ASN1_IA5STRING* const text = name->d.uniformResourceIdentifier;
        const std::string_view found{
            reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
        if (found == uri) return true;
    }
    return false;
}

bool has_name(X509* leaf, const profiles::VerifyName& name) {
    switch (name.kind) {
        case profiles::VerifyName::Kind::dns:
            return X509_check_host(
                       leaf, name.text.data(), name.text.size(),
                       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                       nullptr
                   ) == 1;
        case profiles::VerifyName::Kind::ip:
            return X509_check_ip_asc(leaf, name.text.c_str(), 0) == 1;
        case profiles::VerifyName::Kind::uri:
            return has_uri(leaf, name.text);
    }
    return false;
}

/// RFC 7469 2.4: the digest of the whole SubjectPublicKeyInfo.
std::optional<profiles::Pin> pin_of(const X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size <= 0) return std::nullopt;
    profiles::Pin pin;
    unsigned int length = 0;
    const int done =
        EVP_Digest(der, static_cast<std::size_t>(size), pin.data(), &length, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    return done == 1 && length == pin.size() ? std::optional{pin} : std::nullopt;
}

}  // namespace

bool has_one_of(X509* leaf, const std::vector<profiles::VerifyName>& names) {
    return std::any_of(names.begin(), names.end(), [leaf](const auto& name) {
        return has_name(leaf, name);
    });
}

bool has_pinned_key(const STACK_OF(X509) * chain, const std::vector<profiles::Pin>& pins) {
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        const auto pin = pin_of(sk_X509_value(chain, i));
        if (pin && std::find(pins.begin(), pins.end(), *pin) != pins.end()) return true;
    }
    return false;
}

std::vector<std::string> pins_of(const STACK_OF(X509) * chain) {
    std::vector<std::string> texts;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        const auto pin = pin_of(sk_X509_value(chain, i));
        if (!pin) continue;
        unsigned char base64[64];
        const int size = EVP_EncodeBlock(base64, pin->data(), static_cast<int>(pin->size()));
        texts.push_back(
            "sha256/" +
            std::string{reinterpret_cast<const char*>(base64), static_cast<std::size_t>(size)}
        );
    }
    return texts;
}

std::string to_text(const std::vector<profiles::VerifyName>& names) {
    std::string text;
    for (const profiles::VerifyName& name : names) {
        if (!text.empty()) text += ", ";
        text += name.text;
    }
    return text;
}

}  // namespace countersign::proxy
