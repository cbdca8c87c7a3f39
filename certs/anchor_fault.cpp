#include "certs/anchor_fault.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "certs/certificate.hpp"
#include "certs/error.hpp"

namespace countersign::certs {
namespace {

/// Nothing is said of what it is for: UINT32_MAX.
std::uint32_t usages_of(X509* certificate) {
    const std::uint32_t usages = X509_get_extended_key_usage(certificate);
    drain_openssl_errors();
    return usages;
}

bool has_usage(X509* certificate, std::uint32_t usage) {
    const std::uint32_t usages = usages_of(certificate);
    return usages != UINT32_MAX && (usages & usage) != 0;
}

bool is_authority(X509* certificate) {
    const bool may_sign = X509_check_ca(certificate) != 0;
    drain_openssl_errors();
    return may_sign;
}

/// Or a service (spiffe://…), which a profile may name instead.
bool names_a_host(X509* certificate) {
    return std::ranges::any_of(subject_alt_names_of(certificate), [](const std::string& name) {
        return name.starts_with("DNS:") || name.starts_with("IP:") || name.starts_with("URI:");
    });
}

}  // namespace

bool is_for_servers(X509* certificate) {
    return has_usage(certificate, XKU_SSL_SERVER) && !has_usage(certificate, XKU_SSL_CLIENT);
}

bool is_for_clients(X509* certificate) {
    return has_usage(certificate, XKU_SSL_CLIENT) && !has_usage(certificate, XKU_SSL_SERVER);
}

std::optional<AnchorFault> anchor_fault_of(X509* certificate) {
    if (is_authority(certificate) || has_usage(certificate, XKU_SSL_SERVER)) return std::nullopt;
    if (is_for_clients(certificate)) {
        return AnchorFault{
            "is a client's certificate (extended key usage clientAuth): no server presents it, and "
            "it vouches for none",
            "Trust the certificate of the server's authority instead."};
    }
    if (names_a_host(certificate)) return std::nullopt;
    if (is_self_issued(certificate)) {
        return AnchorFault{
            "signs itself and does not say that it is an authority's (basicConstraints CA:TRUE), "
            "so no certificate that it signed is accepted",
            "Ask the authority for its right certificate. A server that presents this very one is "
            "accepted only with tls: { danger_common_name: true } in its profile."};
    }
    return AnchorFault{
        "is no authority's certificate (basicConstraints CA:TRUE) and names no host, so it vouches "
        "for no server",
        "Trust the certificate of the server's authority instead, '" + issuer_of(certificate) +
            "' if this one is the server's. A server that presents this very one is accepted only "
            "with tls: { danger_common_name: true } in its profile."};
}

}  // namespace countersign::certs
