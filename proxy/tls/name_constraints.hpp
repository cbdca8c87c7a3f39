#pragma once

#include <openssl/x509.h>

#include <optional>
#include <string>
#include <string_view>

namespace countersign::proxy::tls {

/// An authority that may not vouch for a name, by its name constraints (RFC 5280 4.2.1.10).
struct NameObjection {
    int error = 0;          ///< X509_V_ERR_EXCLUDED_VIOLATION or X509_V_ERR_PERMITTED_VIOLATION
    std::string authority;  ///< its subject
    std::string name;       ///< empty: a name that is none of a host
};

/// What the authorities of a verified chain, leaf first, say to the very host that was asked for.
/// OpenSSL compares their constraints with the texts in the certificates, and "*.partner.example"
/// is not the excluded "secret.partner.example" that it stands for.
std::optional<NameObjection> objection_to(const STACK_OF(X509) * chain, std::string_view host);

/// Who it is that objects, where OpenSSL has found that the certificate at `depth` breaks a
/// constraint of one above it, and to which of its names. Nullopt: it cannot be found again.
std::optional<NameObjection> objection_to(const STACK_OF(X509) * chain, int depth);

}  // namespace countersign::proxy::tls
