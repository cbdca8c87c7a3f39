#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::commands {

// What `check` shows a reviewer of what a generation decides: which identity goes where, and what
// is done beside the profiles.

/// The profiles as a table, a line each behind the headings; empty where there are none.
std::vector<std::string> profile_table(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
);

/// What decides about requests beside the profiles: listeners with a fixed profile or upstream, and
/// what `unmatched` does; and where tunnels lead, if there are any.
std::vector<std::string> beside_profiles(const generation::Generation& generation);

}  // namespace countersign::proxy::commands
