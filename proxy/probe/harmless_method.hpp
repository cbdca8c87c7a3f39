#pragma once

#include <string_view>

#include "profiles/profile.hpp"

namespace countersign::proxy::probe {

/// The methods that ask and change nothing, in the order in which a trial prefers them.
inline constexpr std::string_view kHarmless[] = {"HEAD", "GET", "OPTIONS"};

/// The first of them that the profile is for; empty: it is for none.
std::string_view harmless_method(const profiles::Profile& profile);

}  // namespace countersign::proxy::probe
