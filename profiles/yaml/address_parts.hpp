#pragma once

#include <string>
#include <string_view>

namespace countersign::profiles {

/// A host, an address or a network as it stands in the configuration: a.example, and
/// "\"*.a.example\"" or "\"::1\"", which YAML takes for something else without quotes.
std::string yaml_value(std::string_view text);

/// What to write instead of an address where a host alone is expected, and in which keys of the
/// profile its other parts belong: "https://api.example:8443/" → "api.example here, and ports:
/// [8443] as a key of the profile, for all its hosts". Right in YAML of both styles. Empty for what
/// is none, and for a host alone. No user, password or query of it.
std::string host_and_keys(std::string_view text);

}  // namespace countersign::profiles
