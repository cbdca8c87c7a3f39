#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/schema.hpp"
#include "proxy/commands/check.hpp"
#include "proxy/commands/command_line.hpp"
#include "proxy/commands/complaint.hpp"
#include "proxy/commands/completion/completion.hpp"
#include "proxy/commands/console_user.hpp"
#include "proxy/commands/explain.hpp"
#include "proxy/commands/keystore/keystore.hpp"
#include "proxy/commands/manual/manual.hpp"
#include "proxy/commands/operator_command.hpp"
#include "proxy/commands/probe/probe.hpp"
#include "proxy/commands/run.hpp"
#include "proxy/net/standard_descriptors.hpp"
#include "proxy/tls/openssl_memory.hpp"
#include "proxy/tls/version.hpp"

namespace countersign::proxy {

namespace {

/// The exit status.
int obey(const commands::CommandLine& line) {
    using commands::CommandLine;
    switch (line.command) {
        case CommandLine::Command::help:
            std::cout << line.help;
            return 0;
        case CommandLine::Command::version:
            std::cout << "countersign " << tls::version() << '\n';
            return 0;
        case CommandLine::Command::run:
            return commands::run_command(commands::find_configuration(line));
        case CommandLine::Command::check:
            return commands::check_command(commands::find_configuration(line), line.json);
        case CommandLine::Command::keystore:
            return commands::keystore_command(line.rest);
        case CommandLine::Command::completion:
            return commands::completion_command(line.words);
        case CommandLine::Command::man:
            return commands::man_command(line.words, line.directory);
        case CommandLine::Command::explain:
            return commands::explain_command(
                commands::find_configuration(line), line.asked, line.json
            );
        case CommandLine::Command::probe:
            return commands::probe_command(line);
        case CommandLine::Command::health:
        case CommandLine::Command::status:
        case CommandLine::Command::reload:
        case CommandLine::Command::drain:
        case CommandLine::Command::quit:
            return commands::operator_command(line);
        case CommandLine::Command::console_user:
            return commands::console_user_command(line.console_user);
        case CommandLine::Command::schema:
            std::cout << profiles::configuration_schema();
            return 0;
    }
    return 2;
}

}  // namespace

}  // namespace countersign::proxy

int main(int argc, char** argv) {
    using namespace countersign::proxy;
    using commands::CommandLine;
    namespace profiles = countersign::profiles;
    net::occupy_standard_descriptors();
    tls::pool_openssl_memory();
    const commands::ParsedCommandLine parsed =
        commands::parse_command_line({argv + 1, argv + argc});
    if (!parsed.command_line) {
        commands::complain({{parsed.error + "."}, "See countersign probe --help.", 2}, parsed.json);
        if (argc < 2) std::cerr << '\n' << commands::usage();
        return 2;
    }
    const CommandLine& line = *parsed.command_line;
    if (const std::string text = commands::no_configuration(line); !text.empty()) {
        const bool json = line.command == CommandLine::Command::probe && line.json;
        return commands::complain({{text}, "Say with -c PATH where it is."}, json);
    }
    const int status = obey(line);
    // What was printed for somebody, and went nowhere, was not done.
    if (std::cout.flush()) return status;
    std::cerr << "countersign: standard output cannot be written to\n";
    return status == 0 ? 1 : status;
}
