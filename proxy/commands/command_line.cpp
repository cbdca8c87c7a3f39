#include "proxy/commands/command_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "certs/printable.hpp"
#include "proxy/commands/console_syntax.hpp"

namespace countersign::proxy::commands {

namespace {

using Command = CommandLine::Command;
using Arguments = std::vector<std::string_view>;

constexpr std::string_view kDefaultFile = "countersign.yaml";
constexpr std::string_view kDefaultDirectory = "/etc/countersign";

constexpr std::array<std::pair<std::string_view, Command>, 16> kCommands{
    {{"run", Command::run},
     {"check", Command::check},
     {"explain", Command::explain},
     {"probe", Command::probe},
     {"schema", Command::schema},
     {"keystore", Command::keystore},
     {"health", Command::health},
     {"status", Command::status},
     {"reload", Command::reload},
     {"drain", Command::drain},
     {"quit", Command::quit},
     {"console", Command::console_user},
     {"completion", Command::completion},
     {"man", Command::man},
     {"version", Command::version},
     {"help", Command::help}}};

ParsedCommandLine wrong(std::string text) { return {std::nullopt, std::move(text)}; }

/// One URL, or all.
std::string take_destination(const std::vector<std::string>& words, CommandLine& line) {
    const ProbeOptions& probe = line.probe;
    if (probe.all && !words.empty()) return "--all tries every destination, and needs no URL";
    if (probe.is_alone() && (probe.all || !line.configuration.empty() || !probe.also.empty())) {
        return "--key-store and --trust are for a destination without a configuration, and do not "
               "go with -c, --also and --all; with a configuration its profiles say both";
    }
    const bool for_key_store = !probe.key.empty() || !probe.alias.empty() || probe.password;
    if (for_key_store && probe.key_store.empty()) {
        return "--key, --alias and a password are for a --key-store, which is missing";
    }
    const bool of_one = !probe.also.empty() || !probe.save_chain.empty() ||
                        !line.asked.clients.empty() || !line.asked.listener.empty() ||
                        probe.method != ProbeOptions{}.method;
    if (probe.all && of_one) {
        return "--also, --save-chain, --client, --listener and --method are for one URL, and do "
               "not go with --all";
    }
    if (probe.all) return {};
    if (words.empty()) {
        return "probe needs a URL, such as https://api.partner.example/orders, or --all";
    }
    if (words.size() > 1) {
        return "one URL can be probed at a time, and '" + certs::printable(words[1]) +
               "' is a second one; --all tries every destination of the configuration";
    }
    if (words.front().find("://") == std::string::npos) {
        return "'" + certs::printable(words.front()) +
               "' is no URL: it begins with a scheme, as https://api.partner.example/orders does";
    }
    line.asked.url = words.front();
    if (!probe.method.empty()) line.asked.method = probe.method;
    return {};
}

/// What is given beside options: a URL to explain or to probe, else nothing.
std::string take_words(const std::vector<std::string>& words, CommandLine& line) {
    if (line.command == Command::explain) {
        if (words.empty()) return "explain needs a URL, such as http://api.partner.example/orders";
        line.asked.url = words.front();
        if (words.size() == 1) return {};
        return "one URL can be explained at a time, and '" + certs::printable(words[1]) +
               "' is a second one; quote a value that has blanks";
    }
    if (line.command == Command::probe) return take_destination(words, line);
    if (line.command == Command::console_user) return take_user(words, line.console_user);
    if (line.command == Command::completion || line.command == Command::man) {
        line.words = words;
        return {};
    }
    if (words.empty()) return {};
    const std::string word = certs::printable(words.front());
    std::string text = "'" + word + "' is no option";
    if (line.command == Command::schema) return text + ", and schema needs none";
    if (line.command == Command::version) return text + ", and version needs none";
    return text + "; a configuration is named with -c: -c " + word;
}

ParsedCommandLine help(std::string text) {
    CommandLine line;
    line.help = std::move(text);
    return {std::move(line), {}};
}

ParsedCommandLine parse_command(Command command, const Arguments& arguments) {
    CommandLine line;
    line.command = command;
    const CommandSyntax syntax = syntax_of(line);
    const ReadArguments read = read_arguments(syntax, arguments);
    if (read.help) return help(help_text(syntax));
    std::string error = read.error.empty() ? take_words(read.words, line) : read.error;
    if (error.empty()) return {std::move(line), {}};
    ParsedCommandLine parsed = wrong(std::move(error));
    // Whatever is wrong with the others, this one was meant.
    parsed.json = command == Command::probe &&
                  std::ranges::find(arguments, std::string_view{"--json"}) != arguments.end();
    return parsed;
}

/// So far there is one command below `console`.
ParsedCommandLine parse_console(const Arguments& rest) {
    if (rest.empty()) {
        return wrong("console needs a command: countersign console user NAME --role ROLE");
    }
    if (rest.front() == "--help" || rest.front() == "-h") return help(help_text(console_syntax()));
    if (rest.front() == "user")
        return parse_command(Command::console_user, {rest.begin() + 1, rest.end()});
    return wrong(
        "unknown command 'console " + certs::printable(rest.front()) + "'" +
        instead_of(rest.front(), {"user"}, "console")
    );
}

/// `countersign help run` is `countersign run --help`.
ParsedCommandLine parse_help(const Arguments& rest) {
    const bool itself = rest.empty() || rest.front() == "help" || rest.front().starts_with('-');
    if (itself) return help(std::string{usage()});
    Arguments turned;
    for (const std::string_view word : rest) {
        if (!word.starts_with('-')) turned.push_back(word);
    }
    turned.push_back("--help");
    return parse_command_line(turned);
}

ParsedCommandLine unknown_command(std::string_view word) {
    Arguments known;
    for (const auto& [name, command] : kCommands) known.push_back(name);
    const bool option = word.starts_with('-');
    if (word == "-c" || word == "--config") {
        return wrong("the command comes before its options: countersign check -c PATH");
    }
    if (option) known = {"--help", "--version"};
    return wrong(
        (option ? "unknown option '" : "unknown command '") + certs::printable(word) + "'" +
        instead_of(word, known, {})
    );
}

}  // namespace

std::string_view usage() {
    return "Countersign: a forward proxy that adds mutual TLS to outbound traffic\n"
           "\n"
           "  countersign run      [-c PATH]           serve, in the foreground\n"
           "  countersign check    [-c PATH] [--json]  load exactly as run would; every problem,\n"
           "                                           then a table\n"
           "  countersign explain  URL [-c PATH]       which profile and identity a request gets,\n"
           "                                           and why; nothing is sent\n"
           "  countersign probe    URL [-c PATH]       connect to a server as the proxy would, "
           "and\n"
           "                                           say step by step what happens; --all: to "
           "every\n"
           "                                           destination\n"
           "  countersign schema                       the configuration's JSON Schema, for "
           "editors\n"
           "  countersign keystore COMMAND             make key stores, ask for certificates,\n"
           "                                           import, list, lint, convert\n"
           "  countersign health   [-c PATH] [--live]  whether the proxy that runs is ready\n"
           "  countersign status   [-c PATH] [--json]  what it serves, and how it is\n"
           "  countersign reload   [-c PATH]           have it read its files anew\n"
           "  countersign drain    [-c PATH]           have it stop, as SIGTERM does\n"
           "  countersign quit     [-c PATH]           have it stop as soon as what runs is done\n"
           "  countersign console user NAME            a line for the file of the console's users\n"
           "  countersign completion SHELL             for bash, zsh or fish\n"
           "  countersign man      [COMMAND]           the manual page\n"
           "  countersign version\n"
           "\n"
           "`countersign COMMAND --help` says more, with an example.\n"
           "PATH is a YAML file, or a directory whose *.yaml files are read as one document.\n"
           "Without -c: ./countersign.yaml, else /etc/countersign.\n"
           "SIGTERM and SIGINT drain and stop; a second one stops at once.\n"
           "Exit status: 0 all is well, 1 a problem was found and printed, 2 wrong usage.\n";
}

std::vector<CommandSyntax> command_syntaxes() {
    std::vector<CommandSyntax> syntaxes;
    for (const auto& [name, command] : kCommands) {
        if (command == Command::keystore || command == Command::help) continue;
        CommandLine line;
        line.command = command;
        syntaxes.push_back(syntax_of(line));
        for (OptionSyntax& option : syntaxes.back().options) option.take = {};  // into `line`
    }
    return syntaxes;
}

ParsedCommandLine parse_command_line(const Arguments& arguments) {
    if (arguments.empty()) return wrong("a command is missing");
    const std::string_view word = arguments.front();
    const Arguments rest{arguments.begin() + 1, arguments.end()};
    if (word == "--help" || word == "-h" || word == "help") return parse_help(rest);
    const bool asks_version = word == "--version" || word == "-V";
    const auto* known = std::ranges::find(
        kCommands, asks_version ? std::string_view{"version"} : word,
        &std::pair<std::string_view, Command>::first
    );
    if (known == kCommands.end()) return unknown_command(word);
    if (known->second == Command::keystore) {
        CommandLine line;
        line.command = known->second;
        line.rest = rest;
        return {std::move(line), {}};
    }
    if (known->second == Command::console_user) return parse_console(rest);
    return parse_command(known->second, rest);
}

namespace {

bool needs_configuration(const CommandLine& command_line) {
    switch (command_line.command) {
        case Command::run:
        case Command::check:
        case Command::explain:
            return true;
        case Command::probe:
            return command_line.probe.all;
        case Command::health:
        case Command::status:
        case Command::reload:
        case Command::drain:
        case Command::quit:
            return command_line.question.at.empty();
        case Command::schema:
        case Command::keystore:
        case Command::console_user:
        case Command::completion:
        case Command::man:
        case Command::version:
        case Command::help:
            return false;
    }
    return false;
}

}  // namespace

std::filesystem::path find_configuration(const CommandLine& command_line) {
    if (!command_line.configuration.empty()) return command_line.configuration;
    std::error_code error;
    if (std::filesystem::exists(kDefaultFile, error)) return kDefaultFile;
    return kDefaultDirectory;
}

std::string no_configuration(const CommandLine& command_line) {
    std::error_code error;
    if (!needs_configuration(command_line) ||
        std::filesystem::exists(find_configuration(command_line), error) || error ||
        !command_line.configuration.empty()) {
        return {};
    }
    const auto here = std::filesystem::current_path(error) / kDefaultFile;
    return "there is no configuration: neither " + here.string() + " nor " +
           std::string{kDefaultDirectory} + " exists; say with -c PATH where it is";
}

}  // namespace countersign::proxy::commands
