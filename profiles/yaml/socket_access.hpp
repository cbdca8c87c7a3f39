#pragma once

#include "profiles/configuration.hpp"
#include "profiles/yaml/map.hpp"

namespace countersign::profiles {

/// A listener's `mode:` and `group:`, which say who may connect to its unix socket; with a group
/// and no mode that is 0660. On a listener that is none (`is_unix`), they are problems.
void read_socket_access(YamlMap& map, bool is_unix, Listener& listener);

}  // namespace countersign::profiles
