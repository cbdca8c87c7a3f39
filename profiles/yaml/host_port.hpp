#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "profiles/profile.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// What stands before and behind the last colon of a text; an IPv6 address stands in brackets.
/// nullopt where the port is no number from `least` to 65535, or the brackets are missing.
struct HostPortText {
    std::string_view host;
    std::uint16_t port = 0;
};
std::optional<HostPortText> split_host_port(std::string_view text, std::uint16_t least);

/// "\"[::1]:3128\"", as YAML takes it: what was probably meant by an IPv6 address without brackets
/// ("::1:3128", "::1"); empty for anything else. `port`: where the text has none.
std::string with_brackets(std::string_view text, std::uint16_t port);

/// "api.partner.example:8443", "192.0.2.7:443", "[2001:db8::7]:443"
std::optional<HostPort> as_host_port(const YamlField& field);

}  // namespace countersign::profiles
