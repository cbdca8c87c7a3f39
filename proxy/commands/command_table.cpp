#include "proxy/commands/command_table.hpp"

#include <algorithm>
#include <cctype>

#include "proxy/commands/command_line.hpp"
#include "proxy/commands/console_syntax.hpp"
#include "proxy/commands/keystore/options.hpp"
#include "proxy/commands/keystore/syntax.hpp"

namespace countersign::proxy::commands {

namespace {

/// The name of what a command belongs to: of "keystore list" "keystore", of "run" the program's.
std::string_view parent_of(std::string_view name) {
    const std::size_t blank = name.rfind(' ');
    return blank == std::string_view::npos ? std::string_view{} : name.substr(0, blank);
}

CommandSyntax program_syntax() {
    return {
        "",
        "COMMAND",
        "A forward proxy that adds mutual TLS to outbound traffic. An application sends plain "
        "HTTP. Countersign finds the protocol profile of the destination, presents the client "
        "certificate from a key store (JKS, PKCS#12 or PEM), checks the server against a trust "
        "store, and forwards the request over HTTPS. When a handshake fails, it says who "
        "refused whom, why, and what to do about it.",
        {{"-V,--version", "", "prints the program's name and version", {}}},
        "",
        "  countersign check -c countersign.yaml\n"
        "  countersign run -c countersign.yaml\n"
        "  curl -x http://127.0.0.1:3128 http://api.partner.example/orders\n"};
}

CommandSyntax keystore_syntax() {
    return {
        "keystore",
        "COMMAND",
        "Makes key stores and keeps them. The kinds are JKS, JCEKS, PKCS#12 and PEM; Java is "
        "not needed.",
        {},
        "Passwords come from a file (--password-file PATH; one line end is not part of it), "
        "from a variable (--password-env NAME), or are asked for at the terminal. Never from "
        "the command line.\n",
        "  countersign keystore generate my.keystore --alias mydomain \\\n"
        "      --subject \"CN=acme-client, O=Acme\" --password-file my.password\n"
        "  countersign keystore request my.keystore --out mydomain.csr \\\n"
        "      --password-file my.password\n"
        "  countersign keystore import my.keystore mydomain.crt issuing.crt root.crt \\\n"
        "      --password-file my.password\n"};
}

}  // namespace

std::vector<CommandSyntax> command_table() {
    std::vector<CommandSyntax> table{program_syntax()};
    for (CommandSyntax& syntax : command_syntaxes()) table.push_back(std::move(syntax));
    table.push_back(console_syntax());
    table.push_back(keystore_syntax());
    for (const KeystoreVerb verb : kKeystoreVerbs) {
        KeystoreOptions options;
        table.push_back(syntax_of(verb, options));
        for (OptionSyntax& option : table.back().options) option.take = {};  // into `options`
    }
    return table;
}

std::vector<OptionSyntax> all_options(const CommandSyntax& syntax) {
    std::vector<OptionSyntax> options = syntax.options;
    options.push_back({"-h,--help", "", "prints how the command is used", {}});
    return options;
}

std::string summary_of(const CommandSyntax& syntax) {
    const std::string_view about = syntax.about;
    std::size_t end = std::min({about.find(". "), about.find(": "), about.size()});
    if (end > 0 && about[end - 1] == '.') --end;
    std::string summary{about.substr(0, end)};
    const bool word = summary.size() > 1 && std::islower(static_cast<unsigned char>(summary[1]));
    if (word || summary.starts_with("A ")) {
        summary[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(summary[0])));
    }
    return summary;
}

std::vector<const CommandSyntax*> subcommands(
    const std::vector<CommandSyntax>& table, std::string_view name
) {
    std::vector<const CommandSyntax*> found;
    for (const CommandSyntax& syntax : table) {
        if (!syntax.name.empty() && parent_of(syntax.name) == name) found.push_back(&syntax);
    }
    return found;
}

std::string_view last_word(std::string_view name) {
    return name.substr(name.rfind(' ') + 1);  // npos + 1 is 0
}

}  // namespace countersign::proxy::commands
