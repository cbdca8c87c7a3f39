#pragma once

#include <string>
#include <vector>

#include "certs/lint/finding.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Where a certificate stands, which decides what is asked of it.
enum class Role {
    client_leaf,  ///< what we show to a server
    issuer,       ///< above a leaf, and sent with it
    anchor,       ///< what a server is checked against: an authority, or a server's own
};

/// What is wrong with one certificate by itself: times, strength, usages, names.
void find_in_certificate(
    X509* certificate, Role role, const std::string& where, const LintTime& time,
    std::vector<Finding>& findings
);

}  // namespace countersign::certs
