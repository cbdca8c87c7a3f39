#include "proxy/commands/keystore/arguments.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "certs/printable.hpp"
#include "proxy/commands/keystore/syntax.hpp"

namespace countersign::proxy::commands {
namespace {

using Verb = KeystoreVerb;

// What people know from keytool and openssl, and what stands to reason.
constexpr std::array<std::string_view, 16> kPasswordValues{"--password",     "-p",
                                                           "--pass",         "--storepass",
                                                           "-storepass",     "--keypass",
                                                           "-keypass",       "-passin",
                                                           "--passin",       "-passout",
                                                           "--passout",      "--key-password",
                                                           "--to-password",  "-srcstorepass",
                                                           "-deststorepass", "-password"};

std::string refused_password(std::string_view name) {
    return std::string{name} +
           " is refused, and its value not used: a password in the command line is seen by every "
           "user of this machine (ps) and stays in the shell's history. Put it into a file "
           "(--password-file PATH), into a variable (--password-env NAME), or give neither and be "
           "asked. Change the password that was just typed, if it was the real one";
}

ParsedKeystoreOptions wrong(std::string text) { return {std::nullopt, std::move(text)}; }

/// Whether it is another sub-command's.
bool is_elsewhere(std::string_view name) {
    for (const Verb verb : kKeystoreVerbs) {
        KeystoreOptions other;
        const CommandSyntax syntax = syntax_of(verb, other);
        if (std::ranges::find(syntax.options, name, &OptionSyntax::names) != syntax.options.end()) {
            return true;
        }
    }
    return false;
}

std::string unknown_option(const CommandSyntax& syntax, const ReadArguments& read) {
    const std::string& name = read.unknown;
    if (std::ranges::find(kPasswordValues, name) != kPasswordValues.end()) {
        return refused_password(name);
    }
    if (name.starts_with("-p")) return refused_password("-p");  // the password may be behind it
    if (!is_elsewhere(name)) return read.error;
    return name + " is no option of `" + syntax.name + "`; " + where_help_is(syntax.name);
}

std::string wrong_number_of_files(const CommandSyntax& syntax, Verb verb, std::size_t count) {
    const bool import = verb == Verb::import;
    if (verb == Verb::convert) {
        return count == 2 ? "" : "two files are needed: the store, and the new one to write";
    }
    if (count == 0) return "the store's file is missing; " + where_help_is(syntax.name);
    if (import && count == 1) return "the file to import is missing; " + where_help_is(syntax.name);
    if (!import && count > 1) return "one store is meant, and more files are named";
    return {};
}

std::string contradiction(const KeystoreOptions& options) {
    const bool generates = options.verb == Verb::generate;
    if (options.no_password && (options.new_password || (generates && options.password))) {
        return "a password and --no-password exclude each other";
    }
    if (options.trusted && options.incomplete) {
        return "--incomplete is about a chain, and --trusted certificates have none";
    }
    if (options.private_key && (options.leaf_only || options.der)) {
        return "--private-key writes PEM with the key alone";
    }
    return {};
}

}  // namespace

ParsedKeystoreOptions parse_keystore_options(
    KeystoreVerb verb, const std::vector<std::string_view>& arguments
) {
    KeystoreOptions options;
    const CommandSyntax syntax = syntax_of(verb, options);
    ReadArguments read = read_arguments(syntax, arguments);
    if (read.help) {
        options.help = true;
        return {std::move(options), {}};
    }
    if (!read.unknown.empty()) return wrong(unknown_option(syntax, read));
    if (!read.error.empty()) return wrong(std::move(read.error));
    options.files.assign(read.words.begin(), read.words.end());
    if (std::string problem = wrong_number_of_files(syntax, verb, options.files.size());
        !problem.empty()) {
        return wrong(std::move(problem));
    }
    if (std::string problem = contradiction(options); !problem.empty()) {
        return wrong(std::move(problem));
    }
    return {std::move(options), {}};
}

}  // namespace countersign::proxy::commands
