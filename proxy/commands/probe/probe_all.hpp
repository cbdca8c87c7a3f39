#pragma once

#include "proxy/commands/program_syntax.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::commands {

/// `probe --all`: tries every destination that the configuration names, several at a time, and
/// prints a table. Exit status: 0 all are well, 1 one is not.
int probe_all(const generation::Generation& generation, const CommandLine& line);

}  // namespace countersign::proxy::commands
