#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "profiles/yaml/report.hpp"
#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// One document as a tree: text checked, aliases written out, keys plain and unique, size and depth
/// bounded. What is wrong is reported; nullopt where that leaves no tree, or the document is empty.
std::optional<YamlNode> parse_yaml(
    std::string_view text, const std::shared_ptr<const std::string>& file, YamlReport& report
);

}  // namespace countersign::profiles
