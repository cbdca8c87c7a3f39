#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/command_syntax.hpp"
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
        completion,
        man,
        version,
        help
    } command = Command::help;
    std::filesystem::path configuration;  ///< empty: the default places are tried
    bool json = false;
    ImaginedRequest asked;               ///< explain
    OperatorQuestion question;           ///< health, status, reload, drain, quit
    std::vector<std::string_view> rest;  ///< what `keystore` itself understands
    std::vector<std::string> words;      ///< completion: the shell; man: whose page
    std::filesystem::path directory;  ///< man: where every page is written; empty: one is printed
    std::string help;                 ///< help: what is printed
};

/// What the command of `line` understands; what is read by it is put into `line`, which outlives
/// it. Not for `keystore` and `help`.
CommandSyntax syntax_of(CommandLine& line);

}  // namespace countersign::proxy::commands
