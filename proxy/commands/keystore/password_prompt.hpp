#pragma once

#include <optional>
#include <string>

#include "certs/edit/edit_error.hpp"
#include "certs/source.hpp"

namespace countersign::proxy::commands {

/// Asks at the terminal of this process (/dev/tty, whatever standard input is), and shows nothing
/// of what is typed. Nullopt: there is no terminal, or the user ended the input. A signal that ends
/// the program finds the terminal as it was.
std::optional<certs::Secret> ask_password(const std::string& question);

/// Asks twice. Error: the two differ, or there is no terminal; `remedy` is how else to give it.
certs::EditResult<certs::Secret> ask_new_password(
    const std::string& question, const std::string& remedy
);

}  // namespace countersign::proxy::commands
