#pragma once

#include <string>
#include <string_view>

namespace countersign::tests {

/// Every `from` becomes `to`.
std::string replaced(std::string text, std::string_view from, std::string_view to);

/// What a program has said without what differs from run to run: {date}, {time}, {sha256}, {pin} …
/// stand for it.
std::string without_chance(std::string text);

}  // namespace countersign::tests
