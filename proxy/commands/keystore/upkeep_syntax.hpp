#pragma once

#include "proxy/commands/command_syntax.hpp"
#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

// What is done with a store that is there: see `syntax_of`.

CommandSyntax rename_syntax(KeystoreOptions& options);
CommandSyntax password_syntax(KeystoreOptions& options);
CommandSyntax verify_syntax(KeystoreOptions& options);

}  // namespace countersign::proxy::commands
