#include "proxy/command_line.hpp"

#include <algorithm>
#include <array>

namespace countersign::proxy {

namespace {

/// Commands that a later version brings: named, so that the answer is not "unknown".
constexpr std::array<std::string_view, 3> kLater{"explain", "probe", "schema"};

ParsedCommandLine wrong(std::string text) { return {std::nullopt, std::move(text)}; }

}  // namespace

std::string_view usage() {
    return "Countersign: a forward proxy that adds mutual TLS to outbound traffic\n"
           "\n"
           "  countersign run    [-c PATH]           serve, in the foreground\n"
           "  countersign check  [-c PATH] [--json]  load exactly as run would; every problem, "
           "then a table\n"
           "  countersign keystore COMMAND           make key stores, ask for certificates, "
           "import, "
           "list, lint, convert\n"
           "  countersign --version | --help\n"
           "\n"
           "PATH is a YAML file, or a directory whose *.yaml files are read as one document.\n"
           "Without -c: ./countersign.yaml, else /etc/countersign.\n"
           "SIGTERM and SIGINT drain and stop; a second one stops at once.\n"
           "Exit status: 0 all is well, 1 a problem was found and printed, 2 wrong usage.\n";
}

ParsedCommandLine parse_command_line(const std::vector<std::string_view>& arguments) {
    CommandLine out;
    if (arguments.empty()) return wrong("a command is missing");
    const std::string_view command = arguments.front();
    if (command == "--help" || command == "-h" || command == "help") return {out, {}};
    if (command == "--version") {
        out.command = CommandLine::Command::version;
        return {out, {}};
    }
    if (command == "keystore") {
        out.command = CommandLine::Command::keystore;
        out.rest.assign(arguments.begin() + 1, arguments.end());
        return {out, {}};
    }
    if (std::find(kLater.begin(), kLater.end(), command) != kLater.end()) {
        return wrong("'" + std::string{command} + "' is not supported yet by this version");
    }
    if (command != "run" && command != "check") {
        return wrong("unknown command '" + std::string{command} + "'");
    }
    out.command = command == "run" ? CommandLine::Command::run : CommandLine::Command::check;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "-c" || argument == "--config") {
            if (++i == arguments.size()) return wrong(std::string{argument} + " needs a path");
            out.configuration = arguments[i];
        } else if (argument == "--json" && out.command == CommandLine::Command::check) {
            out.json = true;
        } else if (argument == "--help" || argument == "-h") {
            return {CommandLine{}, {}};
        } else {
            return wrong("unknown argument '" + std::string{argument} + "'");
        }
    }
    return {out, {}};
}

std::filesystem::path find_configuration(const CommandLine& command_line) {
    if (!command_line.configuration.empty()) return command_line.configuration;
    std::error_code error;
    if (std::filesystem::exists("countersign.yaml", error)) return "countersign.yaml";
    return "/etc/countersign";
}

}  // namespace countersign::proxy
