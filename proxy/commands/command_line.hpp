#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/imagined_request.hpp"

namespace countersign::proxy::commands {

/// Whom an operator's command asks, and how.
struct OperatorQuestion {
    std::string at;          ///< "127.0.0.1:9901", "unix:PATH"; empty: where the configuration says
    std::string token_file;  ///< empty: the configuration's admin.token
    bool live = false;       ///< health: whether it turns, and not whether it is ready
};

/// What the command line asks for.
struct CommandLine {
    enum class Command {
        run,
        check,
        explain,
        schema,
        keystore,
        health,
        status,
        reload,
        drain,
        quit,
        version,
        help
    } command = Command::help;
    std::filesystem::path configuration;  ///< empty: the default places are tried
    bool json = false;
    ImaginedRequest asked;               ///< explain
    OperatorQuestion question;           ///< health, status, reload, drain, quit
    std::vector<std::string_view> rest;  ///< what `keystore` itself understands
    std::string help;                    ///< help: what is printed
};

/// The arguments without the program's name → what they ask for, or what is wrong with them.
struct ParsedCommandLine {
    std::optional<CommandLine> command_line;
    std::string error;
};
ParsedCommandLine parse_command_line(const std::vector<std::string_view>& arguments);

/// All commands, a line or two each.
std::string_view usage();

/// -c, else ./countersign.yaml, else /etc/countersign.
std::filesystem::path find_configuration(const CommandLine& command_line);
/// Where none was named and none is there: a sentence with what was tried; else empty.
std::string no_configuration(const CommandLine& command_line);

}  // namespace countersign::proxy::commands
