#include "proxy/routing/cross_site.hpp"

#include <optional>
#include <string_view>

#include "certs/text/ascii.hpp"
#include "proxy/http/request_target.hpp"

namespace countersign::proxy::routing {

namespace {

/// An Origin that is a scheme, a host and a port.
struct WebOrigin {
    http::Authority at;
    std::uint16_t default_port = 0;  ///< of its scheme

    bool names_port() const { return at.port != 0; }
    std::uint16_t port() const { return names_port() ? at.port : default_port; }
};

/// Of "https://api.example", "HTTP://[::1]:9443". nullopt for "null", for other schemes, a list, a
/// path: those are nobody's own.
std::optional<WebOrigin> parse_origin(std::string_view text) {
    constexpr std::string_view kHttp = "http://";
    constexpr std::string_view kHttps = "https://";
    WebOrigin origin;
    if (certs::starts_ignoring_case(text, kHttp)) {
        text.remove_prefix(kHttp.size());
        origin.default_port = 80;
    } else if (certs::starts_ignoring_case(text, kHttps)) {
        text.remove_prefix(kHttps.size());
        origin.default_port = 443;
    } else {
        return std::nullopt;
    }
    if (http::parse_authority(text, origin.at) != http::TargetError::none) return std::nullopt;
    return origin;
}

/// Whatever stands before the listener may make the page's scheme https: that is not compared.
bool is_host(const WebOrigin& origin, std::string_view host) {
    http::Authority named;
    if (http::parse_authority(host, named) != http::TargetError::none) return false;
    const std::uint16_t port = named.port != 0 ? named.port : origin.default_port;
    return named.host == origin.at.host.view() && port == origin.port();
}

bool is_address(const WebOrigin& origin, const profiles::ListenAddress& address) {
    const auto* const tcp = std::get_if<profiles::TcpAddress>(&address);
    if (tcp == nullptr || tcp->port != origin.port()) return false;
    return profiles::IpAddress::parse(origin.at.host) == tcp->address;
}

/// A client's own Origin is what its partner gave it, often without the port that the upstream has.
bool is_upstream(const WebOrigin& origin, const profiles::HostPort& upstream) {
    if (origin.at.host != std::string_view{upstream.host}) return false;
    return !origin.names_port() || origin.at.port == upstream.port;
}

bool is_own(std::string_view text, const http::Head& head, const profiles::Listener& listener) {
    const std::optional<WebOrigin> origin = parse_origin(text);
    return origin && (is_host(*origin, head.host) || is_address(*origin, listener.address) ||
                      (listener.upstream && is_upstream(*origin, *listener.upstream)));
}

}  // namespace

CrossSite cross_site_of(const http::Head& head, const profiles::Listener& listener) {
    int origins = 0;
    bool foreign = false;
    bool from_elsewhere = false;
    for (const http::Field& field : head.fields) {
        if (field.id == http::FieldName::origin) {
            ++origins;
            foreign = foreign || !is_own(field.value, head, listener);
        } else if (field.id == http::FieldName::sec_fetch_site) {
            const bool here = field.value == "none" || field.value == "same-origin";
            from_elsewhere = from_elsewhere || !here;
        }
    }
    if (origins > 1) return CrossSite::several_origins;
    if (foreign) return CrossSite::foreign_origin;
    return origins == 0 && from_elsewhere ? CrossSite::fetch_site : CrossSite::no;
}

}  // namespace countersign::proxy::routing
