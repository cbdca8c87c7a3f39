#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

/// The line "next: countersign keystore WORD…", which can be pasted: with the options that said
/// where the passwords are.
std::string next_command(const std::vector<std::string>& words, const KeystoreOptions& options);

}  // namespace countersign::proxy::commands
