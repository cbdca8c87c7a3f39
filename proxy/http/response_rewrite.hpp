#pragma once

#include <string>
#include <string_view>

#include "profiles/configuration.hpp"
#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// For an application that knows no proxies, the listener is the server: what a response says of
/// its own server is turned into what leads back to the listener.
struct ResponseRewrite {
    profiles::RewriteRules rules;
    std::string upstream_host;  ///< normalised; what the server was told in Host
    std::uint16_t upstream_port = 443;
    std::string listener_authority;  ///< what the client put into Host; empty: nothing of use

    /// The value that `field` gets instead, in `out`; false where it stays. Location: a URL of the
    /// upstream, http or https, becomes one of the listener, or a path where the client has not
    /// said what it calls that. Set-Cookie: Domain, where it covers the upstream, and Secure go;
    /// but not from a cookie whose name (__Secure-, __Host-), SameSite=None or Partitioned demands
    /// Secure, which no client would take without.
    bool apply(const Field& field, std::string& out) const;

private:
    bool apply_to_location(std::string_view value, std::string& out) const;
    bool apply_to_cookie(std::string_view value, std::string& out) const;
    bool covers_upstream(std::string_view domain) const;
};

}  // namespace countersign::proxy::http
