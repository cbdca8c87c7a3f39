#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "profiles/configuration.hpp"
#include "profiles/yaml/map.hpp"

namespace countersign::profiles {

// Where somebody listens, and who may connect: the same for clients and for operators.

/// An address as it is written; nullopt for any other text.
std::optional<ListenAddress> listen_address_of(std::string_view text);
/// "an address such as 127.0.0.1:3128, …"
std::string expected_address(std::uint16_t usual_port);

/// Reads `address_field`, and from the map `allow`, `mode` and `group`. False: there is no address,
/// or a problem of it.
bool read_listen_address(
    YamlMap& map, const std::optional<YamlField>& address_field, std::uint16_t usual_port,
    Listener& listener
);

}  // namespace countersign::profiles
