#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proxy/generation/generation.hpp"
#include "proxy/probe/trial.hpp"

namespace countersign::proxy::probe {

/// A destination of a profile that can be tried.
struct Stop {
    std::int32_t profile = -1;  ///< index
    std::string host;
    std::uint16_t port = 0;
};

/// All destinations that the configuration names, and what cannot be tried: a profile whose hosts
/// are patterns stands for any number of servers.
struct Walk {
    std::vector<Stop> stops;
    std::vector<std::string> untried;  ///< a sentence for each profile, with what would help
};

/// A profile's exact hosts at its ports, and its `probe_hosts`. In the configuration's order, each
/// once. No I/O.
Walk walk(const generation::Generation& generation);

/// How a stop is tried: by `harmless_method`, at the profile's first path; no request where it has
/// no such method, or `asks` is false.
TrialTerms terms_of(const generation::Generation& generation, const Stop& stop, bool asks);

}  // namespace countersign::proxy::probe
