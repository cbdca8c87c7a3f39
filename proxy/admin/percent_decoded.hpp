#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace countersign::proxy::admin {

/// "%41" is an A. Nullopt: a percent sign with anything else behind it.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace countersign::proxy::admin
