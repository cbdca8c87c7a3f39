#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "profiles/configuration.hpp"
#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// What a client gets by http:// of what a server calls by https://.
class PlainUrls {
public:
    PlainUrls() = default;
    PlainUrls(const PlainUrls&) = delete;
    PlainUrls& operator=(const PlainUrls&) = delete;
    virtual ~PlainUrls() = default;

    /// "host" or "host:port": by http:// it leads there, to that path, for who follows a response
    /// of `status`; empty: nothing does. `host` is normalised, `path` may end with a query.
    virtual std::string authority_of(
        std::string_view host, std::uint16_t port, std::string_view path, std::uint16_t status
    ) const = 0;
};

/// What a response says of its own server, and of those that the client reaches through the proxy,
/// is turned into what leads the client back. For an application that knows no proxies the listener
/// is the server; one that knows them reaches all by http://.
struct ResponseRewrite {
    profiles::RewriteRules rules;
    std::string
        upstream_host;  ///< normalised; what the server was told in Host. Empty: its own name
    std::uint16_t upstream_port = 443;
    std::string client_authority;  ///< what the client calls the server; empty: nothing of use
    std::string client_host = {};  ///< where that is a name of servers, and not the listener's
    std::unique_ptr<const PlainUrls> plain = nullptr;  ///< null: on a listener with one upstream

    /// The value that `field` of a response of `status` gets instead, in `out`; false where it
    /// stays. Location: a URL of the upstream, http or https, becomes what the client calls it, or
    /// a path where it has not said that; another https URL becomes an http one, if `plain` has it.
    /// Refresh: the same for its URL, where it is written as "5; url=URL" or with quotes.
    /// Set-Cookie: Domain, where it covers the upstream and not `client_host`, and Secure go; but
    /// not from a cookie whose name (__Secure-, __Host-), SameSite=None or Partitioned demands
    /// Secure, which no client would take without.
    bool apply(const Field& field, std::uint16_t status, std::string& out) const;

private:
    bool apply_to_location(std::string_view value, std::uint16_t status, std::string& out) const;
    bool apply_to_refresh(std::string_view value, std::string& out) const;
    bool apply_to_cookie(std::string_view value, std::string& out) const;
};

}  // namespace countersign::proxy::http
