#pragma once

#include <string>
#include <string_view>

#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

/// The sub-commands, a line each, and where passwords come from.
std::string_view keystore_help();

/// One sub-command: its form, what it does, its options, one example.
std::string keystore_help(KeystoreVerb verb);

}  // namespace countersign::proxy::commands
