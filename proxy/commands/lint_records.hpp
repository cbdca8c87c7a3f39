#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::commands {

/// What `keystore lint` finds in the certificate records that are active: errors go to `problems`,
/// warnings to `warnings`, a sentence each with its record. What time does to certificates is not
/// among it: `expiry_findings` tells that; nor the strength of an
/// identity that is refused for it, which `refused_identities` tells. Nor is a chain that the trust
/// of every profile with that record completes. A weakness that every profile with the record
/// accepts by a switch is no error.
void lint_records(
    const generation::Generation& generation, std::chrono::system_clock::time_point now,
    std::vector<std::string>& problems, std::vector<std::string>& warnings
);

}  // namespace countersign::proxy::commands
