#pragma once

#include <cstdint>
#include <string_view>

namespace countersign::proxy {

/// What IANA's registry of TLS alerts calls it, "unknown_ca"; empty where it has none of that
/// number.
std::string_view alert_name(std::uint8_t number);

}  // namespace countersign::proxy
