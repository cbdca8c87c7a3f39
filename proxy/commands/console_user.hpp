#pragma once

#include "proxy/commands/console_syntax.hpp"

namespace countersign::proxy::commands {

/// Prints a line for the file of `console.users`: name, role, and the scrypt hash of the password,
/// which is read or asked for. Writes no file. The exit status.
int console_user_command(const ConsoleUserOptions& options);

}  // namespace countersign::proxy::commands
