#pragma once

#include <string>
#include <string_view>

namespace countersign::proxy::records {

/// Which state of a record or a profile has this text: another text has another one, and another
/// process, too. Who may only look is told it, and must not find out by it what the text has and he
/// is not shown, such as a header's value: it cannot be computed from the text. Empty where this
/// machine has no random numbers.
std::string version_of_text(std::string_view text);

}  // namespace countersign::proxy::records
