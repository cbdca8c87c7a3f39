#pragma once

#include <span>
#include <string_view>

namespace countersign::profiles {

/// The known word that `word` was most likely meant to be: the least typing slips away (a letter
/// added, left out, replaced, or two swapped), at most one in three letters. Empty for none.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace countersign::profiles
