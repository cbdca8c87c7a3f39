#pragma once

#include "proxy/commands/command_line.hpp"

namespace countersign::proxy::commands {

/// `health`, `status`, `reload`, `drain` and `quit`: asks the proxy that runs, at its admin
/// address. The exit status.
int operator_command(const CommandLine& line);

}  // namespace countersign::proxy::commands
