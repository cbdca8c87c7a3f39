#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace countersign::profiles {

/// The known word that `word` was most likely meant to be: the least typing slips away (a letter
/// added, left out, replaced, or two swapped), at most one in three letters. Empty for none.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

/// How many typing slips lie between them; nullopt where it is more than `most`, or one of them is
/// longer than any word is. Cheap where they have little in common.
std::optional<std::size_t> typing_slips(std::string_view a, std::string_view b, std::size_t most);

}  // namespace countersign::profiles
