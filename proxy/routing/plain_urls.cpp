#include "proxy/routing/plain_urls.hpp"

#include "profiles/authority.hpp"
#include "proxy/routing/question.hpp"

namespace countersign::proxy::routing {

namespace {

/// In an http:// URL it says nothing: it is the scheme's own.
constexpr std::uint16_t kPortOfHttp = 80;

/// With what a client follows a Location (RFC 9110 15.4).
std::string_view method_of_follower(std::uint16_t status, std::string_view method) {
    constexpr std::string_view kGet = "GET";
    switch (status) {
        case 307:
        case 308:
            return method;
        case 301:
        case 302:
            return method == "POST" ? kGet : method;
        default:
            return method == "HEAD" ? method : kGet;
    }
}

}  // namespace

PlainUrls::PlainUrls(const generation::Generation& generation, const RoutingRequest& asked)
    : generation_{generation},
      listener_{asked.listener},
      caller_{asked.request.caller},
      named_{asked.named},
      method_{asked.request.method} {}

std::string PlainUrls::authority_of(
    std::string_view host, std::uint16_t port, std::string_view path, std::uint16_t status
) const {
    if (host.size() > profiles::kLongestHost) return {};
    RoutingRequest followed;
    followed.scheme = "http";
    followed.named = named_;
    followed.listener = listener_;
    followed.request = {host, 0, path, method_of_follower(status, method_), caller_};
    const Result<std::string_view> name = name_of_profile(followed);
    if (!name) return {};
    const profiles::ProfileSet& set = generation_.profiles();
    const auto find = [&] {
        return name->empty() ? set.find(followed.request) : set.find_named(*name, followed.request);
    };
    const profiles::Match by_default = find();
    if (by_default.found() && set[by_default.profile].default_port == port) {
        return profiles::authority_text(host, 0).text();
    }
    followed.request.port = port;
    if (port == kPortOfHttp || !find().found()) return {};
    return profiles::authority_text(host, port).text();
}

}  // namespace countersign::proxy::routing
