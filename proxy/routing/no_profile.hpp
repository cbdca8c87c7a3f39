#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "profiles/nearest_host.hpp"
#include "profiles/profile_set.hpp"
#include "proxy/failure.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/routing/routing_request.hpp"

namespace countersign::proxy::routing {

// Why no profile has a request, in words. Of a profile that rules it out the words say by what, but
// not for which clients it is: who asks is none of them. Looks at every profile: for refusals only.

/// In the status line, where a profile has the host.
inline constexpr std::string_view kOtherPort = "no profile for {} with this port";

/// `name`: of the profile that the request names, where it does, and there is one.
Failure no_profile(
    const generation::Generation& generation, const profiles::Request& request,
    std::string_view name, const profiles::Match& match
);

/// The request names a profile that does not exist, by its URL's scheme or by a field.
Failure unknown_profile(const generation::Generation& generation, const RoutingRequest& asked);

/// "No profile has 'api.example:443' among its hosts."
std::string has_no_profile(const profiles::Request& request);

/// What to do where no profile has the request's host: the host that was probably meant comes
/// first.
/// `near` as of `nearest_host`.
std::string add_host(
    const generation::Generation& generation, const profiles::Request& request,
    const std::optional<profiles::NearHost>& near
);

}  // namespace countersign::proxy::routing
