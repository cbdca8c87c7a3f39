#pragma once

#include <string>
#include <vector>

#include "certs/lint/finding.hpp"
#include "certs/lint/remedies.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Where a certificate stands, which decides what is asked of it.
enum class Role {
    client_leaf,  ///< what we show to a server
    server_leaf,  ///< what we show as a server
    issuer,       ///< above a leaf, and sent with it
    anchor,       ///< what a server is checked against: an authority, or a server's own
    alone,        ///< in a file without a key: nobody says what for
};

/// What is wrong with one certificate by itself: times, strength, usages, names. `remedies`: of the
/// key store that it stands in; null for what is trusted.
void find_in_certificate(
    X509* certificate, Role role, const std::string& where, const LintTime& time,
    std::vector<Finding>& findings, const Remedies* remedies = nullptr
);

}  // namespace countersign::certs
