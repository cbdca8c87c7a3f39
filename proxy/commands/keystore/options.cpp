#include "proxy/commands/keystore/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "certs/printable.hpp"

namespace countersign::proxy::commands {
namespace {

using Verb = KeystoreVerb;

constexpr std::array kVerbs{
    std::pair{std::string_view{"generate"}, Verb::generate},
    std::pair{std::string_view{"request"}, Verb::request},
    std::pair{std::string_view{"import"}, Verb::import},
    std::pair{std::string_view{"list"}, Verb::list},
    std::pair{std::string_view{"export"}, Verb::export_},
    std::pair{std::string_view{"convert"}, Verb::convert},
    std::pair{std::string_view{"delete"}, Verb::remove},
    std::pair{std::string_view{"lint"}, Verb::lint},
};

constexpr unsigned bit(Verb verb) { return 1u << static_cast<unsigned>(verb); }
constexpr unsigned kAll = ~0u;
constexpr unsigned kMakes = bit(Verb::generate) | bit(Verb::convert) | bit(Verb::export_);
constexpr unsigned kOpensKeys = bit(Verb::generate) | bit(Verb::request) | bit(Verb::import) |
                                bit(Verb::export_) | bit(Verb::convert) | bit(Verb::lint);

/// Nullopt: taken; else what is wrong with the value, to follow the option's name.
using Wrong = std::optional<std::string>;
using Take = Wrong (*)(KeystoreOptions& options, std::string_view value);

struct Option {
    std::string_view name;
    unsigned verbs;
    bool has_value;
    Take take;
};

Wrong take_days(KeystoreOptions& options, std::string_view value) {
    constexpr int kMostDays = 36500;
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), options.days);
    if (error == std::errc{} && end == value.data() + value.size() && options.days > 0 &&
        options.days <= kMostDays) {
        return std::nullopt;
    }
    return "is a number of days from 1 to 36500";
}

Wrong take_usage(KeystoreOptions& options, std::string_view value) {
    certs::Purpose purpose{.client = false, .server = false};
    while (!value.empty()) {
        const std::string_view word = value.substr(0, value.find(','));
        value.remove_prefix(std::min(word.size() + 1, value.size()));
        if (word == "client") {
            purpose.client = true;
        } else if (word == "server") {
            purpose.server = true;
        } else {
            return "is client, server, or client,server";
        }
    }
    if (!purpose.client && !purpose.server) return "is client, server, or client,server";
    options.purpose = purpose;
    return std::nullopt;
}

Wrong take_key(KeystoreOptions& options, std::string_view value) {
    auto spec = certs::KeySpec::parse(value);
    if (!spec) return "is wrong: " + spec.error().sentence;
    options.key = std::move(*spec);
    return std::nullopt;
}

Wrong take_format(KeystoreOptions& options, std::string_view value) {
    options.format = certs::container_named(value);
    if (options.format) return std::nullopt;
    return "is jks, jceks, pkcs12 or pem";
}

template <auto kMember>
Wrong take_flag(KeystoreOptions& options, std::string_view) {
    options.*kMember = true;
    return std::nullopt;
}

template <auto kMember>
Wrong take_text(KeystoreOptions& options, std::string_view value) {
    options.*kMember = std::string{value};
    return std::nullopt;
}

template <auto kMember, class Source>
Wrong take_password(KeystoreOptions& options, std::string_view value) {
    if (options.*kMember) return "names a second source of the same password; one is enough";
    options.*kMember = Source{std::string{value}};
    return std::nullopt;
}

Wrong take_out(KeystoreOptions& options, std::string_view value) {
    if (value != "-") options.out = value;
    return std::nullopt;
}

Wrong take_name(KeystoreOptions& options, std::string_view value) {
    options.names.emplace_back(value);
    return std::nullopt;
}

using O = KeystoreOptions;
constexpr std::array kOptions{
    Option{"--alias", kAll & ~bit(Verb::lint), true, take_text<&O::alias>},
    Option{"--password-file", kAll, true, take_password<&O::password, certs::PasswordFile>},
    Option{"--password-env", kAll, true, take_password<&O::password, certs::PasswordEnvironment>},
    Option{
        "--key-password-file", kOpensKeys, true,
        take_password<&O::key_password, certs::PasswordFile>},
    Option{
        "--key-password-env", kOpensKeys, true,
        take_password<&O::key_password, certs::PasswordEnvironment>},
    Option{
        "--to-password-file", bit(Verb::convert) | bit(Verb::export_), true,
        take_password<&O::new_password, certs::PasswordFile>},
    Option{
        "--to-password-env", bit(Verb::convert) | bit(Verb::export_), true,
        take_password<&O::new_password, certs::PasswordEnvironment>},
    Option{"--no-password", kMakes, false, take_flag<&O::no_password>},
    Option{"--format", bit(Verb::generate) | bit(Verb::import), true, take_format},
    Option{"--to", bit(Verb::convert), true, take_format},
    Option{"--out", bit(Verb::request) | bit(Verb::export_), true, take_out},
    Option{"--key", bit(Verb::generate), true, take_key},
    Option{"--subject", bit(Verb::generate) | bit(Verb::request), true, take_text<&O::subject>},
    Option{"--san", bit(Verb::generate) | bit(Verb::request), true, take_name},
    Option{"--usage", bit(Verb::generate) | bit(Verb::request), true, take_usage},
    Option{"--days", bit(Verb::generate), true, take_days},
    Option{"--trusted", bit(Verb::import), false, take_flag<&O::trusted>},
    Option{"--incomplete", bit(Verb::import), false, take_flag<&O::incomplete>},
    Option{"--der", bit(Verb::request) | bit(Verb::export_), false, take_flag<&O::der>},
    Option{"--leaf-only", bit(Verb::export_), false, take_flag<&O::leaf_only>},
    Option{"--private-key", bit(Verb::export_), false, take_flag<&O::private_key>},
    Option{
        "--replace", bit(Verb::convert) | bit(Verb::export_) | bit(Verb::request), false,
        take_flag<&O::replace>},
    Option{"--lossy", bit(Verb::convert), false, take_flag<&O::lossy>},
    Option{"--json", bit(Verb::list) | bit(Verb::lint), false, take_flag<&O::json>},
};

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

std::string where_help_is(Verb verb) {
    return "; `countersign keystore " + std::string{name_of(verb)} + " --help` lists what there is";
}

std::string unknown_option(Verb verb, std::string_view name, const Option* elsewhere) {
    const std::string text = certs::printable(name);
    if (elsewhere != nullptr) {
        return text + " is no option of `keystore " + std::string{name_of(verb)} + "`" +
               where_help_is(verb);
    }
    return "unknown option '" + text + "'" + where_help_is(verb);
}

std::string wrong_number_of_files(Verb verb, std::size_t count) {
    const bool import = verb == Verb::import;
    if (verb == Verb::convert) {
        return count == 2 ? "" : "two files are needed: the store, and the new one to write";
    }
    if (count == 0) return "the store's file is missing" + where_help_is(verb);
    if (import && count == 1) return "the file to import is missing" + where_help_is(verb);
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

std::optional<KeystoreVerb> keystore_verb(std::string_view word) {
    for (const auto& [name, verb] : kVerbs) {
        if (name == word) return verb;
    }
    return std::nullopt;
}

std::string_view name_of(KeystoreVerb verb) {
    for (const auto& [name, each] : kVerbs) {
        if (each == verb) return name;
    }
    return "?";
}

ParsedKeystoreOptions parse_keystore_options(
    KeystoreVerb verb, const std::vector<std::string_view>& arguments
) {
    KeystoreOptions options;
    options.verb = verb;
    bool only_files = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (only_files || argument == "-" || !argument.starts_with('-')) {
            options.files.emplace_back(argument);
            continue;
        }
        if (argument == "--") {
            only_files = true;
            continue;
        }
        if (argument == "--help" || argument == "-h") {
            options.help = true;
            return {std::move(options), {}};
        }
        const std::string_view name = argument.substr(0, argument.find('='));
        if (std::ranges::find(kPasswordValues, name) != kPasswordValues.end()) {
            return wrong(refused_password(name));
        }
        const auto* option = std::ranges::find(kOptions, name, &Option::name);
        if (option == kOptions.end()) return wrong(unknown_option(verb, name, nullptr));
        if ((option->verbs & bit(verb)) == 0) return wrong(unknown_option(verb, name, option));
        std::string_view value;
        if (name.size() < argument.size()) {
            if (!option->has_value) return wrong(std::string{name} + " takes no value");
            value = argument.substr(name.size() + 1);
        } else if (option->has_value) {
            if (++i == arguments.size()) return wrong(std::string{name} + " needs a value");
            value = arguments[i];
        }
        if (option->has_value && value.empty()) return wrong(std::string{name} + " is empty");
        if (const Wrong problem = option->take(options, value)) {
            return wrong(std::string{name} + " " + *problem);
        }
    }
    if (std::string problem = wrong_number_of_files(verb, options.files.size()); !problem.empty()) {
        return wrong(std::move(problem));
    }
    if (std::string problem = contradiction(options); !problem.empty()) {
        return wrong(std::move(problem));
    }
    return {std::move(options), {}};
}

}  // namespace countersign::proxy::commands
