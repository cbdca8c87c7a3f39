#pragma once

#include <chrono>
#include <string>

#include "profiles/profile.hpp"
#include "proxy/tls/tls_context.hpp"

namespace countersign::proxy::explain {

// What reports say of a profile, in one wording.

/// "api.partner.example:443"
std::string authority_of(const profiles::HostPort& to);
/// "api.partner.example, *.partner.example port 8443 path /orders method GET listener apps"
std::string criteria_text(const profiles::Profile& profile);
/// "billing, 10.0.0.0/8", or "any".
std::string clients_text(const profiles::Profile& profile);
/// "TLS 1.2 to 1.3, sessions resumed, 2 pins, revocation: soft"
std::string tls_text(const profiles::TlsRules& rules);
/// "revocation: hard with 2 CRL files"; empty where it is off.
std::string revocation_text(const profiles::TlsRules& rules);
/// "2027-03-01 (98 days left)", "expired on …"; of the identity that `tls` presents.
std::string expiry_text(const tls::TlsContext& tls, std::chrono::system_clock::time_point now);
/// "sets X-Api-Key; removes Cookie", without values; empty where nothing is changed.
std::string request_headers_text(const profiles::RequestHeaderRules& rules);

}  // namespace countersign::proxy::explain
