#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/command_syntax.hpp"

namespace countersign::proxy::commands {

/// Everything that the command line understands, as plain data: the lines by which arguments are
/// read and help is printed, for manual pages and completions. A command that is new in the
/// reader's table is in here by itself. First the program, whose name is empty, then its commands,
/// then `keystore` and its own.
std::vector<CommandSyntax> command_table();

/// With `-h,--help`, which the reader knows for every command.
std::vector<OptionSyntax> all_options(const CommandSyntax& syntax);

/// The first sentence of what it is about, as far as the colon: for a list of commands.
std::string summary_of(const CommandSyntax& syntax);

/// Those below it: of the program, or of `keystore`. In order; empty for all others.
std::vector<const CommandSyntax*> subcommands(
    const std::vector<CommandSyntax>& table, std::string_view name
);

/// "keystore list" → "list".
std::string_view last_word(std::string_view name);

}  // namespace countersign::proxy::commands
