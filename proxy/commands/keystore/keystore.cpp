#include "proxy/commands/keystore/keystore.hpp"

#include <iostream>
#include <optional>
#include <string>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/commands/command_syntax.hpp"
#include "proxy/commands/keystore/arguments.hpp"
#include "proxy/commands/keystore/help.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {
namespace {

struct Result {
    Outcome failure;
    bool problems = false;
};

Result carry_out(const KeystoreOptions& options) {
    Result result;
    switch (options.verb) {
        case KeystoreVerb::generate:
            result.failure = generate_key(options);
            break;
        case KeystoreVerb::request:
            result.failure = request_certificate(options);
            break;
        case KeystoreVerb::import:
            result.failure = import_certificates(options);
            break;
        case KeystoreVerb::list:
            result.failure = list_entries(options);
            break;
        case KeystoreVerb::export_:
            result.failure = export_entry(options);
            break;
        case KeystoreVerb::convert:
            result.failure = convert_store(options);
            break;
        case KeystoreVerb::remove:
            result.failure = delete_entry(options);
            break;
        case KeystoreVerb::lint:
            result.failure = lint_store(options, result.problems);
            break;
        case KeystoreVerb::rename:
            result.failure = rename_entry(options);
            break;
        case KeystoreVerb::password:
            result.failure = change_password(options);
            break;
        case KeystoreVerb::verify:
            result.failure = verify_chain(options, result.problems);
            break;
    }
    return result;
}

int wrong_usage(const std::string& problem) {
    std::cerr << "countersign keystore: " << problem << ".\n";
    return 2;
}

}  // namespace

int keystore_command(const std::vector<std::string_view>& arguments) {
    if (arguments.empty()) {
        std::cerr << "countersign keystore: a sub-command is missing.\n\n" << keystore_help();
        return 2;
    }
    const std::string_view word = arguments.front();
    if (word == "--help" || word == "-h" || word == "help") {
        const auto verb = arguments.size() > 1 ? keystore_verb(arguments[1]) : std::nullopt;
        std::cout << (verb ? keystore_help(*verb) : std::string{keystore_help()});
        return 0;
    }
    const std::optional<KeystoreVerb> verb = keystore_verb(word);
    if (!verb) {
        std::vector<std::string_view> known;
        for (const KeystoreVerb one : kKeystoreVerbs) known.push_back(name_of(one));
        return wrong_usage(
            "'" + certs::printable(word) + "' is no command of keystore, which has " +
            certs::enumerated(known, "and") + instead_of(word, known, "keystore")
        );
    }
    const ParsedKeystoreOptions parsed =
        parse_keystore_options(*verb, {arguments.begin() + 1, arguments.end()});
    if (!parsed.options) return wrong_usage(parsed.error);
    if (parsed.options->help) {
        std::cout << keystore_help(*verb);
        return 0;
    }
    const Result result = carry_out(*parsed.options);
    if (result.failure) {
        std::cout.flush();
        std::cerr << "countersign keystore " << word << ": " << result.failure->sentence << '\n';
        return 1;
    }
    return result.problems ? 1 : 0;
}

}  // namespace countersign::proxy::commands
