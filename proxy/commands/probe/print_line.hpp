#pragma once

#include <string_view>

namespace countersign::proxy::commands {

/// A line on standard output, with its name in a column in front.
void print_line(std::string_view name, std::string_view text);

}  // namespace countersign::proxy::commands
