#pragma once

#include <cstdint>
#include <optional>

namespace countersign::proxy::server {

/// The number that an environment variable holds; nullopt where it is not set, or holds no number.
std::optional<std::uint64_t> number_in(const char* variable);

}  // namespace countersign::proxy::server
