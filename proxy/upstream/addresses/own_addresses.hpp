#pragma once

#include <vector>

#include "profiles/network.hpp"

namespace countersign::proxy {

/// The addresses of this machine's interfaces now: behind a listener on 0.0.0.0 each of them is the
/// proxy itself. Empty where the system does not say.
std::vector<profiles::IpAddress> addresses_of_this_machine();

}  // namespace countersign::proxy
