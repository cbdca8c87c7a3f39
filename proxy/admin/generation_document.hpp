#pragma once

#include <boost/json/array.hpp>
#include <chrono>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::admin {

// What a generation decides, for programs.

/// Its profiles, with a list for each criterion.
boost::json::array profile_objects(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
);
/// Its certificates, each with its end.
boost::json::array certificate_objects(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
);
boost::json::array listener_objects(const profiles::Configuration& configuration);

}  // namespace countersign::proxy::admin
