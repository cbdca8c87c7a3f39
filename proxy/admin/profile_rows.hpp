#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::admin {

/// What a reviewer sees of a profile, in words.
struct ProfileRow {
    std::string profile;
    std::string hosts;  ///< and all else that requests are told apart by, but clients
    std::string clients;
    std::string identity;
    std::string expiry;
    std::string trust;
    std::string notes;
};

/// All of them, in the configuration's order.
std::vector<ProfileRow> profile_rows(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::admin
