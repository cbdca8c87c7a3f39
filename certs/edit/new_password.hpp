#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// Whether a store may be made with that password: not shorter than Java accepts, in the letters
/// that the container can express. Gives what is worth knowing, such as a tool that will not open
/// it. Error: why not.
EditResult<std::vector<std::string>> judge_new_password(
    Container container, const std::optional<Secret>& password
);

}  // namespace countersign::certs
