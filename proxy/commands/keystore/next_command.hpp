#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

/// A word as it is typed at a POSIX shell: in quotes where it has to be.
std::string shell_word(std::string_view word);

/// The line "next: countersign keystore WORD…", which can be pasted: with the options that said
/// where the passwords are.
std::string next_command(const std::vector<std::string>& words, const KeystoreOptions& options);

}  // namespace countersign::proxy::commands
