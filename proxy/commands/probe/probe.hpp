#pragma once

#include "proxy/commands/program_syntax.hpp"

namespace countersign::proxy::commands {

/// `countersign probe`: prints what came of it. Exit status: 0 all that was tried is well, 1 it is
/// not, or the configuration has a problem, 2 the question is wrong.
int probe_command(const CommandLine& line);

}  // namespace countersign::proxy::commands
