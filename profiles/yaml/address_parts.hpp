#pragma once

#include <string>
#include <string_view>

namespace countersign::profiles {

/// An address where a host alone is expected, in the keys of a profile that its parts belong to:
/// "https://api.example:8443/orders" → "hosts: [api.example], ports: [8443], paths: [/orders]".
/// Empty for what is none, and for a host alone. No user, password or query of it.
std::string keys_for_address(std::string_view text);

}  // namespace countersign::profiles
