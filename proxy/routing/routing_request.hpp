#pragma once

#include <string_view>

#include "profiles/configuration.hpp"
#include "profiles/matching/request.hpp"

namespace countersign::proxy::routing {

/// All that decides about a request. Views of the request's head and of the generation.
struct RoutingRequest {
    std::string_view scheme;  ///< "http", "https" or a profile's name
    std::string_view named;   ///< what X-Countersign-Profile says; empty: there is none
    profiles::Request request;
    const profiles::Listener* listener = nullptr;  ///< null in tests that need none
};

}  // namespace countersign::proxy::routing
