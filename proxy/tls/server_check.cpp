#include "proxy/tls/server_check.hpp"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "certs/asn1.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

namespace {

bool has_uri(X509* leaf, const std::string& uri) {
    const certs::GeneralNamesHandle names{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)
        )};
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_URI) continue;
        if (certs::asn1_text(name->d.uniformResourceIdentifier) == uri) return true;
    }
    return false;
}

bool has_name(X509* leaf, const profiles::VerifyName& name, unsigned flags) {
    switch (name.kind) {
        case profiles::VerifyName::Kind::dns:
            return is_of_host(leaf, name.text, flags);
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

/// One of the names has to be the leaf's, without an authority that objects to it.
ServerVerdict check_names(const STACK_OF(X509) * chain, const profiles::TlsRules& rules) {
    X509* const leaf = sk_X509_value(chain, 0);
    const unsigned flags = host_flags(rules, leaf);
    ServerVerdict verdict{X509_V_ERR_HOSTNAME_MISMATCH, std::nullopt};
    for (const profiles::VerifyName& name : rules.verify_names) {
        if (!has_name(leaf, name, flags)) continue;
        // An address and a URI are in the certificate as they stand: OpenSSL has looked at them.
        const bool is_host = name.kind == profiles::VerifyName::Kind::dns;
        auto objection = is_host ? objection_to(chain, name.text) : std::nullopt;
        if (!objection) return {};
        if (!verdict.objection) verdict = {objection->error, std::move(objection)};
    }
    return verdict;
}

ServerVerdict check_host(const STACK_OF(X509) * chain, const char* host) {
    auto objection = host != nullptr ? objection_to(chain, host) : std::nullopt;
    if (!objection) return {};
    return {objection->error, std::move(objection)};
}

bool has_pinned_key(const STACK_OF(X509) * chain, const profiles::TlsRules& rules) {
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        if (is_pinned(sk_X509_value(chain, i), rules)) return true;
    }
    return false;
}

}  // namespace

unsigned host_flags(const profiles::TlsRules& rules, const X509* leaf) {
    const bool by_subject = rules.dangers.has(profiles::Danger::common_name) && leaf != nullptr &&
                            X509_get_ext_by_NID(leaf, NID_subject_alt_name, -1) < 0;
    return by_subject ? X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS : kHostFlags;
}

bool is_of_host(X509* leaf, const std::string& host, unsigned flags) {
    if (X509_check_host(leaf, host.data(), host.size(), flags, nullptr) == 1) return true;
    // The same host with a letter for each underscore of its first label: by a wildcard alone.
    const std::size_t label = std::min(host.find('.'), host.size());
    std::string lettered = host;
    std::replace(lettered.begin(), lettered.begin() + static_cast<std::ptrdiff_t>(label), '_', 'x');
    char* matched = nullptr;
    const bool matches =
        lettered != host &&
        X509_check_host(leaf, lettered.data(), lettered.size(), flags, &matched) == 1;
    const bool by_wildcard = matches && matched != nullptr && matched[0] == '*';
    OPENSSL_free(matched);
    return by_wildcard;
}

X509* unreadable_at(X509* below, const STACK_OF(X509) * sent, const STACK_OF(X509) * trusted) {
    const auto is_unreadable = [](X509* certificate) {
        return (X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0;
    };
    if (is_unreadable(below)) return below;
    const X509_NAME* const issuer = X509_get_issuer_name(below);
    for (const STACK_OF(X509)* const those : {sent, trusted}) {
        for (int i = 0; i < sk_X509_num(those); ++i) {
            X509* const one = sk_X509_value(those, i);
            if (X509_NAME_cmp(X509_get_subject_name(one), issuer) != 0) continue;
            if (is_unreadable(one)) return one;
        }
    }
    return nullptr;
}

int unmarked_authority(const STACK_OF(X509) * chain) {
    for (int depth = 1; depth < sk_X509_num(chain) - 1; ++depth) {
        if (X509_check_ca(sk_X509_value(chain, depth)) != 1) return depth;
    }
    return 0;
}

ServerVerdict check_server(
    const STACK_OF(X509) * chain, const profiles::TlsRules& rules, const char* host,
    bool named_by_pin
) {
    ServerVerdict verdict;
    if (!named_by_pin) {
        verdict = rules.verify_names.empty() ? check_host(chain, host) : check_names(chain, rules);
    }
    if (verdict.error != X509_V_OK) return verdict;
    if (rules.pins.empty() || has_pinned_key(chain, rules)) return {};
    return {X509_V_ERR_APPLICATION_VERIFICATION, std::nullopt};
}

bool is_pinned(const X509* certificate, const profiles::TlsRules& rules) {
    if (rules.pins.empty()) return false;
    const auto pin = pin_of(certificate);
    return pin && std::find(rules.pins.begin(), rules.pins.end(), *pin) != rules.pins.end();
}

std::vector<std::string> pins_of(const STACK_OF(X509) * chain) {
    std::vector<std::string> texts;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        const auto pin = pin_of(sk_X509_value(chain, i));
        if (!pin) continue;
        unsigned char base64[64];
        const int size = EVP_EncodeBlock(base64, pin->data(), static_cast<int>(pin->size()));
        std::string text{profiles::kPinPrefix};
        text.append(reinterpret_cast<const char*>(base64), static_cast<std::size_t>(size));
        texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace countersign::proxy::tls
