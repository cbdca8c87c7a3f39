#pragma once

#include "proxy/commands/command_syntax.hpp"
#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

/// What one sub-command understands; its options are put into `options`, which outlives it.
CommandSyntax syntax_of(KeystoreVerb verb, KeystoreOptions& options);

}  // namespace countersign::proxy::commands
