#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "profiles/yaml/map.hpp"

namespace countersign::profiles {

/// Keeps the names of one kind apart: each is given once.
class UniqueNames {
public:
    /// `kind`: "certificate record".
    explicit UniqueNames(std::string_view kind) : kind_{kind} {}

    /// The name of the entry, where it is valid and no other's; problems are reported.
    std::optional<std::string> read(YamlMap& map);

private:
    std::string_view kind_;
    std::unordered_map<std::string, YamlPlace> places_;
};

}  // namespace countersign::profiles
