#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::generation {

/// A sentence for each profile that works at `now` and would not any more with `next`: its new
/// identity has expired, is not valid yet, or is too weak. At a start such a profile alone fails; a
/// reload is not adopted for it.
std::vector<std::string> lost_profiles(
    const Generation& before, const Generation& next, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::generation
