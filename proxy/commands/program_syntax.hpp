#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/source.hpp"
#include "proxy/commands/command_syntax.hpp"
#include "proxy/commands/console_syntax.hpp"
#include "proxy/explain/imagined_request.hpp"

namespace countersign::proxy::commands {

/// Whom an operator's command asks, and how.
struct OperatorQuestion {
    std::string at;          ///< "127.0.0.1:9901", "unix:PATH"; empty: where the configuration says
    std::string token_file;  ///< empty: the configuration's admin.token
    bool live = false;       ///< health: whether it turns, and not whether it is ready
};

/// What `probe` tries beside what it is asked about, and without a configuration.
struct ProbeOptions {
    std::string method;                ///< empty: one that changes nothing
    bool asks = true;                  ///< sends a request after the handshake
    bool all = false;                  ///< every destination of every profile
    std::vector<std::string> also;     ///< records whose identities are tried, too
    std::filesystem::path save_chain;  ///< empty: it is not saved
    // Without a configuration.
    std::filesystem::path key_store;
    std::filesystem::path key;  ///< of a PEM key store
    std::string alias;
    std::vector<std::filesystem::path> trust;
    std::optional<certs::PasswordSource> password;

    /// Whether the destination is described here.
    bool is_alone() const { return !key_store.empty() || !trust.empty(); }
};

/// What the command line asks for.
struct CommandLine {
    enum class Command {
        run,
        check,
        explain,
        probe,
        schema,
        keystore,
        health,
        status,
        reload,
        drain,
        quit,
        console_user,
        completion,
        man,
        version,
        help
    } command = Command::help;
    std::filesystem::path configuration;  ///< empty: the default places are tried
    bool json = false;
    explain::ImaginedRequest asked;  ///< explain, probe
    ProbeOptions probe;
    ConsoleUserOptions console_user;
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
