#include "proxy/commands/program_syntax.hpp"

#include <utility>

namespace countersign::proxy::commands {

namespace {

using Command = CommandLine::Command;

constexpr std::string_view kConfiguration =
    "PATH is a YAML file, or a directory whose *.yaml files are read as one document.\n"
    "Without -c: ./countersign.yaml, else /etc/countersign.\n";

OptionSyntax::Take into(std::string& text) {
    return [&text](const std::string& value) -> std::optional<std::string> {
        text = value;
        return std::nullopt;
    };
}

OptionSyntax::Take into(std::vector<std::string>& list) {
    return [&list](const std::string& value) -> std::optional<std::string> {
        list.push_back(value);
        return std::nullopt;
    };
}

void add_configuration(CommandSyntax& syntax, CommandLine& line) {
    syntax.options.push_back(
        {"-c,--config", "PATH", "the configuration",
         [&line](const std::string& value) -> std::optional<std::string> {
             line.configuration = value;
             return std::nullopt;
         }}
    );
}

void add_json(CommandSyntax& syntax, CommandLine& line) {
    syntax.options.push_back(
        {"--json", "", "one JSON document, for programs",
         [&line](const std::string&) -> std::optional<std::string> {
             line.json = true;
             return std::nullopt;
         }}
    );
}

CommandSyntax run_syntax(CommandLine& line) {
    CommandSyntax syntax{
        "run",
        "",
        "Serves, in the foreground, until it is told to stop. SIGTERM and SIGINT drain and stop; a "
        "second one stops at once.",
        {},
        kConfiguration,
        "  countersign run -c countersign.yaml\n"};
    add_configuration(syntax, line);
    return syntax;
}

CommandSyntax check_syntax(CommandLine& line) {
    CommandSyntax syntax{
        "check",
        "",
        "Loads exactly as run would, and prints every problem, then a table: which profile, hosts, "
        "identity and trust, and when certificates expire. Nothing is bound and no file is made: "
        "it may run beside the proxy. Exit status: 0 all is well, 1 a problem was found, 2 wrong "
        "usage.",
        {},
        kConfiguration,
        "  countersign check -c countersign.yaml\n"};
    add_configuration(syntax, line);
    add_json(syntax, line);
    return syntax;
}

/// Who asks, where it decides which profile a request gets.
void add_asker(CommandSyntax& syntax, CommandLine& line) {
    syntax.options.push_back(
        {"--client", "WHO", "who asks: an address, uid:N, gid:N or a client's name; also several",
         into(line.asked.clients)}
    );
    syntax.options.push_back(
        {"--listener", "NAME",
         "where the request comes in; default: the first that such a client "
         "can come to",
         into(line.asked.listener)}
    );
}

CommandSyntax explain_syntax(CommandLine& line) {
    CommandSyntax syntax{
        "explain",
        "URL",
        "Says which profile and which identity a request gets, what is dialled, and why. Nothing "
        "is sent. Exit status: 0 it is served, 1 it is refused or the configuration has a problem, "
        "2 wrong usage.",
        {},
        kConfiguration,
        "  countersign explain http://api.partner.example/orders --client 10.0.0.7\n"};
    add_configuration(syntax, line);
    add_asker(syntax, line);
    syntax.options.push_back({"--method", "METHOD", "default: GET", into(line.asked.method)});
    syntax.options.push_back(
        {"--header", "'NAME: VALUE'", "a field of the request; as often as needed",
         into(line.asked.headers)}
    );
    add_json(syntax, line);
    return syntax;
}

OptionSyntax::Take into(std::filesystem::path& path) {
    return [&path](const std::string& value) -> std::optional<std::string> {
        path = value;
        return std::nullopt;
    };
}

void add_alone(CommandSyntax& syntax, ProbeOptions& probe) {
    syntax.options.push_back(
        {"--key-store", "FILE", "without a configuration: the identity, in JKS, PKCS#12 or PEM",
         into(probe.key_store)}
    );
    syntax.options.push_back(
        {"--key", "FILE", "the private key, where a PEM key store does not have it",
         into(probe.key)}
    );
    syntax.options.push_back(
        {"--alias", "NAME", "which key of the key store, where it has several", into(probe.alias)}
    );
    syntax.options.push_back(
        {"--trust", "FILE",
         "without a configuration: what the server is checked against; default: the system's "
         "authorities; as often as needed",
         [&probe](const std::string& value) -> std::optional<std::string> {
             probe.trust.emplace_back(value);
             return std::nullopt;
         }}
    );
    syntax.options.push_back(
        {"--password-file", "PATH", "a file with the password of the key store",
         [&probe](const std::string& value) -> std::optional<std::string> {
             probe.password = certs::PasswordFile{value};
             return std::nullopt;
         }}
    );
    syntax.options.push_back(
        {"--password-env", "NAME", "a variable with the password of the key store",
         [&probe](const std::string& value) -> std::optional<std::string> {
             probe.password = certs::PasswordEnvironment{value};
             return std::nullopt;
         }}
    );
}

CommandSyntax probe_syntax(CommandLine& line) {
    CommandSyntax syntax{
        "probe",
        "[URL]",
        "Connects to a server as the proxy would, and prints it step by step: addresses, TLS, the "
        "server's certificates, whether and from whom a client certificate is asked for, what was "
        "sent, and what the server says to one request. It ends with a verdict, and what to do "
        "about it. Where the server may have refused the identity, it tries again without one. "
        "Exit status: 0 the server was reached and refused nothing, 1 it was not or did, 2 wrong "
        "usage.",
        {},
        "PATH is a YAML file, or a directory whose *.yaml files are read as one document.\n"
        "Without -c: ./countersign.yaml, else /etc/countersign. With --key-store or --trust no\n"
        "configuration is read.\n",
        "  countersign probe https://api.partner.example/orders\n"
        "  countersign probe https://api.partner.example --key-store acme.jks \\\n"
        "      --password-file acme.password --trust partner-ca.pem\n"
        "  countersign probe --all\n"};
    add_configuration(syntax, line);
    ProbeOptions& probe = line.probe;
    syntax.options.push_back(
        {"--all", "", "every destination of every profile: a table",
         [&probe](const std::string&) -> std::optional<std::string> {
             probe.all = true;
             return std::nullopt;
         }}
    );
    syntax.options.push_back(
        {"--method", "METHOD",
         "what is asked; default: HEAD, or another that changes nothing, where the profile is not "
         "for HEAD",
         into(probe.method)}
    );
    syntax.options.push_back(
        {"--no-request", "", "the handshake alone",
         [&probe](const std::string&) -> std::optional<std::string> {
             probe.asks = false;
             return std::nullopt;
         }}
    );
    syntax.options.push_back(
        {"--also", "RECORD",
         "tries the identity of this certificate record, too; as often as needed", into(probe.also)}
    );
    syntax.options.push_back(
        {"--save-chain", "FILE",
         "writes the certificates that the server shows, and the missing issuers, into a new PEM "
         "file, for review",
         into(probe.save_chain)}
    );
    add_asker(syntax, line);
    add_alone(syntax, probe);
    add_json(syntax, line);
    return syntax;
}

CommandSyntax schema_syntax() {
    return {"schema",
            "",
            "Prints the configuration's JSON Schema, with which editors complete and check it.",
            {},
            "",
            "  countersign schema > countersign.schema.json\n"};
}

CommandSyntax completion_syntax() {
    return {
        "completion",
        "SHELL",
        "Prints what completes this program's commands and options in a shell: bash, zsh or "
        "fish. The package installs it.",
        {},
        "",
        "  countersign completion bash > ~/.local/share/bash-completion/completions/countersign"
        "\n"};
}

CommandSyntax man_syntax(CommandLine& line) {
    CommandSyntax syntax{
        "man",
        "[COMMAND]",
        "Prints the manual page of a command, or of the program: troff, for man and mandoc.",
        {},
        "",
        "  countersign man keystore generate | man -l -\n"};
    syntax.options.push_back(
        {"--directory", "PATH", "writes every page into this directory, which is made if need be",
         [&line](const std::string& value) -> std::optional<std::string> {
             line.directory = value;
             return std::nullopt;
         }}
    );
    return syntax;
}

CommandSyntax version_syntax() {
    return {"version", "", "Prints the program's name and version; --version and -V do the same.",
            {},        "", "  countersign version\n"};
}

/// The commands that ask a proxy which runs.
CommandSyntax operator_syntax(
    CommandLine& line, std::string_view name, std::string_view about, std::string_view example
) {
    CommandSyntax syntax{std::string{name}, "", about, {}, kConfiguration, example};
    add_configuration(syntax, line);
    syntax.options.push_back(
        {"--at", "ADDRESS",
         "where the proxy is asked, such as 127.0.0.1:9901 or unix:PATH; default: admin.address of "
         "the configuration",
         into(line.question.at)}
    );
    return syntax;
}

void add_token(CommandSyntax& syntax, CommandLine& line) {
    syntax.options.push_back(
        {"--token-file", "FILE", "a file with the token; default: admin.token of the configuration",
         into(line.question.token_file)}
    );
}

CommandSyntax health_syntax(CommandLine& line) {
    CommandSyntax syntax = operator_syntax(
        line, "health",
        "Asks the proxy that runs whether traffic may come, and prints what is wrong. Exit status: "
        "0 it may, 1 it may not or nobody answers, 2 wrong usage.",
        "  countersign health -c countersign.yaml\n"
    );
    syntax.options.push_back(
        {"--live", "", "whether its workers turn, ready or not: for a liveness probe",
         [&line](const std::string&) -> std::optional<std::string> {
             line.question.live = true;
             return std::nullopt;
         }}
    );
    return syntax;
}

CommandSyntax status_syntax(CommandLine& line) {
    CommandSyntax syntax = operator_syntax(
        line, "status",
        "Prints how the proxy that runs is: what it serves, identities and when they end, "
        "connections, and what came of the last reload. Exit status: 0 it answered, 1 it did not, "
        "2 wrong usage.",
        "  countersign status -c countersign.yaml\n"
    );
    add_token(syntax, line);
    add_json(syntax, line);
    return syntax;
}

CommandSyntax change_syntax(CommandLine& line) {
    CommandSyntax syntax =
        line.command == Command::reload
            ? operator_syntax(
                  line, "reload",
                  "Has the proxy that runs read its configuration and all files anew, and prints "
                  "what came of it. Exit status: 0 it serves what it has read, 1 it goes on with "
                  "what it had, or nobody answers, 2 wrong usage.",
                  "  countersign reload -c countersign.yaml\n"
              )
        : line.command == Command::drain
            ? operator_syntax(
                  line, "drain",
                  "Ends the proxy that runs as SIGTERM does: it goes on listening for "
                  "shutdown.delay, then finishes what runs, for shutdown.drain at most. Does not "
                  "wait for the end. Exit status: 0 it has begun, 1 it has not, 2 wrong usage.",
                  "  countersign drain -c countersign.yaml\n"
              )
            : operator_syntax(
                  line, "quit",
                  "Ends the proxy that runs as soon as what runs has finished, without "
                  "shutdown.delay: for the end of a job. Does not wait for the end. Exit status: 0 "
                  "it has begun, 1 it has not, 2 wrong usage.",
                  "  countersign quit -c countersign.yaml\n"
              );
    add_token(syntax, line);
    return syntax;
}

}  // namespace

CommandSyntax syntax_of(CommandLine& line) {
    switch (line.command) {
        case Command::run:
            return run_syntax(line);
        case Command::check:
            return check_syntax(line);
        case Command::explain:
            return explain_syntax(line);
        case Command::probe:
            return probe_syntax(line);
        case Command::console_user:
            return console_user_syntax(line.console_user);
        case Command::completion:
            return completion_syntax();
        case Command::man:
            return man_syntax(line);
        case Command::version:
            return version_syntax();
        case Command::health:
            return health_syntax(line);
        case Command::status:
            return status_syntax(line);
        case Command::reload:
        case Command::drain:
        case Command::quit:
            return change_syntax(line);
        default:
            return schema_syntax();
    }
}

}  // namespace countersign::proxy::commands
