#pragma once

#include <string>
#include <vector>

#include "proxy/commands/command_syntax.hpp"

namespace countersign::proxy::commands {

/// A script for each shell, made of the table of commands: it offers commands, options, the words
/// that an option knows, and files where files belong.
std::string bash_completion(const std::vector<CommandSyntax>& table);
std::string zsh_completion(const std::vector<CommandSyntax>& table);
std::string fish_completion(const std::vector<CommandSyntax>& table);

/// `countersign completion SHELL`; the exit status.
int completion_command(const std::vector<std::string>& words);

}  // namespace countersign::proxy::commands
