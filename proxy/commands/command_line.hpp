#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/program_syntax.hpp"

namespace countersign::proxy::commands {

/// The arguments without the program's name → what they ask for, or what is wrong with them.
struct ParsedCommandLine {
    std::optional<CommandLine> command_line;
    std::string error;
    bool json = false;  ///< the error is told as a document: by `probe --json`
};
ParsedCommandLine parse_command_line(const std::vector<std::string_view>& arguments);

/// All commands, a line or two each.
std::string_view usage();

/// What each command understands, but for `keystore` and `help`: to be told, not to read with.
std::vector<CommandSyntax> command_syntaxes();

/// -c, else ./countersign.yaml, else /etc/countersign.
std::filesystem::path find_configuration(const CommandLine& command_line);
/// Where none was named and none is there: a sentence with what was tried; else empty.
std::string no_configuration(const CommandLine& command_line);

}  // namespace countersign::proxy::commands
