#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace countersign::profiles {

/// An international name ("müller.example", UTF-8) as the wire has it ("xn--mller-kva.example"), by
/// IDNA 2008 with UTS 46's mapping. nullopt: no such name can be registered. Its result is to be
/// checked like any other name: full-width digits become digits.
std::optional<std::string> to_a_labels(std::string_view name);

/// Whether every label that begins with "xn--" stands for an international one, in its only
/// spelling. A name without such labels is well formed.
bool has_valid_a_labels(std::string_view name);

}  // namespace countersign::profiles
