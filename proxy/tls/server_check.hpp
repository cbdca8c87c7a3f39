#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "profiles/profile.hpp"

namespace countersign::proxy {

/// Whether a certificate has one of the names, as a subject alternative name. A wildcard in it is a
/// whole label (RFC 9525); a URI is compared as it stands.
bool has_one_of(X509* leaf, const std::vector<profiles::VerifyName>& names);

/// Whether a key of the chain is one of the pins.
bool has_pinned_key(const STACK_OF(X509) * chain, const std::vector<profiles::Pin>& pins);

/// The keys of a chain, leaf first, as `tls.pins` takes them: "sha256/…".
std::vector<std::string> pins_of(const STACK_OF(X509) * chain);

/// "api.partner.example, spiffe://partner.example/api"
std::string to_text(const std::vector<profiles::VerifyName>& names);

}  // namespace countersign::proxy
