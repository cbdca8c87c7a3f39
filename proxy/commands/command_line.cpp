#include "proxy/commands/command_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace countersign::proxy::commands {

namespace {

using Command = CommandLine::Command;

/// Commands that a later version brings: named, so that the answer is not "unknown".
constexpr std::array<std::string_view, 1> kLater{"probe"};

constexpr std::string_view kDefaultFile = "countersign.yaml";
constexpr std::string_view kDefaultDirectory = "/etc/countersign";

constexpr std::array<std::pair<std::string_view, Command>, 4> kCommands{
    {{"run", Command::run},
     {"check", Command::check},
     {"explain", Command::explain},
     {"schema", Command::schema}}};

ParsedCommandLine wrong(std::string text) { return {std::nullopt, std::move(text)}; }

/// Reads the argument at `at`, and the one behind it where it has a value; false: `error` says why
/// not.
bool read_argument(
    const std::vector<std::string_view>& arguments, std::size_t& at, CommandLine& out,
    std::string& error
) {
    const std::string_view argument = arguments[at];
    const bool explains = out.command == Command::explain;
    const bool loads = out.command != Command::schema;
    const auto value = [&](std::string& into) {
        if (++at == arguments.size()) {
            error = std::string{argument} + " needs a value";
            return false;
        }
        into = arguments[at];
        return true;
    };
    std::string text;
    if (loads && (argument == "-c" || argument == "--config")) {
        if (++at == arguments.size()) {
            error = std::string{argument} + " needs a path";
            return false;
        }
        out.configuration = arguments[at];
        return true;
    }
    if (argument == "--json" && (explains || out.command == Command::check)) {
        out.json = true;
        return true;
    }
    if (explains && argument == "--method") return value(out.asked.method);
    if (explains && argument == "--listener") return value(out.asked.listener);
    if (explains && argument == "--client") {
        if (!value(text)) return false;
        out.asked.clients.push_back(text);
        return true;
    }
    if (explains && argument == "--header") {
        if (!value(text)) return false;
        out.asked.headers.push_back(text);
        return true;
    }
    if (explains && out.asked.url.empty() && !argument.starts_with('-')) {
        out.asked.url = argument;
        return true;
    }
    error = "unknown argument '" + std::string{argument} + "'";
    return false;
}

}  // namespace

std::string_view usage() {
    return "Countersign: a forward proxy that adds mutual TLS to outbound traffic\n"
           "\n"
           "  countersign run    [-c PATH]           serve, in the foreground\n"
           "  countersign check  [-c PATH] [--json]  load exactly as run would; every problem, "
           "then a table\n"
           "  countersign explain URL [-c PATH] [--client WHO] [--listener NAME] [--method "
           "METHOD]\n"
           "                          [--header 'NAME: VALUE'] [--json]\n"
           "                                         which profile and identity a request gets, "
           "and "
           "why; nothing is sent.\n"
           "                                         WHO: an address, uid:N, gid:N or a client's "
           "name, also several\n"
           "  countersign schema                     the configuration's JSON Schema, for editors\n"
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
    const auto known = std::find_if(kCommands.begin(), kCommands.end(), [&](const auto& one) {
        return one.first == command;
    });
    if (known == kCommands.end()) return wrong("unknown command '" + std::string{command} + "'");
    out.command = known->second;
    std::string error;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (arguments[i] == "--help" || arguments[i] == "-h") return {CommandLine{}, {}};
        if (!read_argument(arguments, i, out, error)) return wrong(error);
    }
    if (out.command == Command::explain && out.asked.url.empty()) {
        return wrong("explain needs a URL, such as http://api.partner.example/orders");
    }
    return {out, {}};
}

std::filesystem::path find_configuration(const CommandLine& command_line) {
    if (!command_line.configuration.empty()) return command_line.configuration;
    std::error_code error;
    if (std::filesystem::exists(kDefaultFile, error)) return kDefaultFile;
    return kDefaultDirectory;
}

std::string no_configuration(const CommandLine& command_line) {
    std::error_code error;
    const bool loads = command_line.command == Command::run ||
                       command_line.command == Command::check ||
                       command_line.command == Command::explain;
    if (!loads || std::filesystem::exists(find_configuration(command_line), error) || error ||
        !command_line.configuration.empty()) {
        return {};
    }
    const auto here = std::filesystem::current_path(error) / kDefaultFile;
    return "there is no configuration: neither " + here.string() + " nor " +
           std::string{kDefaultDirectory} + " exists; say with -c PATH where it is";
}

}  // namespace countersign::proxy::commands
