#pragma once

#include <string>
#include <string_view>

namespace countersign::certs {

/// What stands in a password that seldom belongs there, as half a sentence that goes on after a
/// message and begins with a semicolon: "; the password ends with a blank". It tells nothing else
/// of the password. Empty where nothing is odd.
std::string oddity_of(std::string_view password);

}  // namespace countersign::certs
