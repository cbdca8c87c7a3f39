#pragma once

#include <string>

#include "proxy/failure.hpp"

namespace countersign::proxy::commands {

/// What a failure says, for who has no configuration: where it speaks of the keys of a profile, the
/// options of `probe` stand instead, or that it takes a configuration. Anything else is left as it
/// is.
std::string without_profile(std::string text);
Failure without_profile(Failure failure);

}  // namespace countersign::proxy::commands
