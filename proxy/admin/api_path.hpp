#pragma once

#include <string_view>

namespace countersign::proxy::admin {

/// What stands in `path` where `route` has '*', as it is written there; empty: nothing, or the path
/// is another route's.
std::string_view name_in(std::string_view path, std::string_view route);

}  // namespace countersign::proxy::admin
