#pragma once

#include <map>
#include <string>
#include <string_view>

namespace countersign::proxy {

/// The members of a JSON object that holds no other: strings as they read, everything else as it
/// is written. Throws std::runtime_error where `text` is not exactly one such object.
std::map<std::string, std::string> read_json_object(std::string_view text);

}  // namespace countersign::proxy
