#pragma once

#include <vector>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::server {

/// Tries the renewed identity of each profile that says so (`rotation.verify_with`), side by side,
/// before `next` serves. Which ones their servers refuse, or do not answer: the one before, which
/// has to be valid, is to serve on. Takes 25 seconds at most, five for each step; twice that where
/// the one before is tried to compare.
std::vector<generation::HeldBack> refused_renewals(
    const generation::Generation& before, const generation::Generation& next
);

}  // namespace countersign::proxy::server
