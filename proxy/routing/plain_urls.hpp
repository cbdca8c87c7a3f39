#pragma once

#include <string>

#include "proxy/generation/generation.hpp"
#include "proxy/http/response_rewrite.hpp"
#include "proxy/routing/routing_request.hpp"

namespace countersign::proxy::routing {

/// Which URLs have a profile for who follows the response to a request, by http:// on the same
/// listener, with the same fields: asked of the same profiles as the request itself. Owns what it
/// has of that; the generation outlives it.
class PlainUrls final : public http::PlainUrls {
public:
    PlainUrls(const generation::Generation& generation, const RoutingRequest& asked);

    std::string authority_of(
        std::string_view host, std::uint16_t port, std::string_view path, std::uint16_t status
    ) const override;

private:
    const generation::Generation& generation_;
    const profiles::Listener* const listener_;
    const profiles::Caller caller_;
    const std::string named_;
    const std::string method_;
};

}  // namespace countersign::proxy::routing
