#include "proxy/commands/keystore/syntax.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "proxy/commands/keystore/syntax_builder.hpp"
#include "proxy/commands/keystore/upkeep_syntax.hpp"

namespace countersign::proxy::commands {
namespace {

using Verb = KeystoreVerb;
using Wrong = std::optional<std::string>;

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

CommandSyntax generate_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE --alias NAME --subject NAME",
         "Makes a private key, with a certificate that signs itself until the authority's reply "
         "comes, in a new store or in one that exists.",
         {},
         {},
         "  countersign keystore generate my.keystore --alias mydomain \\\n"
         "      --subject \"CN=acme-client, O=Acme\" --password-file my.password\n"},
        options};
    return syntax.alias("under which it is kept (PEM has none)")
        .subject()
        .add(
            "--key", "KIND", "rsa-2048 (default) to rsa-4096, ec-p256, ec-p384, ec-p521, ed25519",
            take_key
        )
        .add("--usage", "USE", "client (default), server, or client,server", take_usage)
        .add("--days", "N", "how long the first certificate lasts; default 90", take_days)
        .add(
            "--format", "KIND", "of a new store: jks, jceks, pkcs12, pem; default by its name",
            take_format
        )
        .flag(
            "--no-password", &KeystoreOptions::no_password,
            "a new PKCS#12 or PEM store without encryption"
        )
        .done();
}

CommandSyntax request_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE",
         "Writes a certificate signing request (PKCS#10) for a key of the store: what an authority "
         "wants. Subject, names and usage are those of the key's certificate, where the options do "
         "not say otherwise.",
         {},
         {},
         "  countersign keystore request my.keystore --alias mydomain \\\n"
         "      --out mydomain.csr --password-file my.password\n"},
        options};
    return syntax.alias("needed only where the store has several keys")
        .out()
        .flag("--der", &KeystoreOptions::der, "DER instead of PEM")
        .subject()
        .add("--usage", "USE", "client, server, or client,server", take_usage)
        .done();
}

CommandSyntax import_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE FILE…",
         "Puts an authority's reply behind the key that it was requested for: one file or many, in "
         "any order, PEM, DER or PKCS#7, with or without the root. Proves that the certificate "
         "belongs to the key, and builds the chain, also from what is in the store. With "
         "--trusted: keeps the certificates as trusted ones.",
         {},
         {},
         "  countersign keystore import my.keystore mydomain.crt issuing.crt root.crt \\\n"
         "      --alias mydomain --password-file my.password\n"},
        options};
    return syntax
        .alias(
            "of the key, where the store has several; with --trusted the name of the new entry "
            "(default: from the certificate's CN)"
        )
        .flag("--trusted", &KeystoreOptions::trusted, "into a new store, too")
        .add("--format", "KIND", "of a new store, as in generate", take_format)
        .flag(
            "--incomplete", &KeystoreOptions::incomplete,
            "take a reply though its issuer is missing"
        )
        .done();
}

CommandSyntax list_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE",
         "Says what is in a store of any kind: aliases, keys, certificates, how long they last.",
         {},
         {},
         "  countersign keystore list my.keystore --password-file my.password\n"},
        options};
    return syntax.alias("that entry alone")
        .flag("--json", &KeystoreOptions::json, "for programs")
        .done();
}

CommandSyntax export_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE",
         "Writes an entry's certificate and those above it as PEM.",
         {},
         {},
         "  countersign keystore export my.keystore --alias mydomain --out mydomain.pem\n"},
        options};
    return syntax.alias("needed only where the store has several entries")
        .out()
        .flag("--leaf-only", &KeystoreOptions::leaf_only, "the first certificate alone")
        .flag("--der", &KeystoreOptions::der, "the first certificate alone, in DER")
        .flag("--private-key", &KeystoreOptions::private_key, "the private key instead, into --out")
        .password(
            "--to-password", &KeystoreOptions::new_password,
            "encrypts the key; default: the store's password", "the same, from a variable"
        )
        .flag("--no-password", &KeystoreOptions::no_password, "writes the key in the clear")
        .done();
}

CommandSyntax convert_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE NEW",
         "Writes the store's entries into a new one of another kind; the old one stays.",
         {},
         {},
         "  countersign keystore convert my.keystore my.p12 --password-file my.password\n"},
        options};
    return syntax
        .add(
            "--to", "KIND", "jks, jceks, pkcs12, pem; default: by the new file's name", take_format
        )
        .alias("that entry alone; from PEM, which has none: its new alias")
        .flag(
            "--replace", &KeystoreOptions::replace,
            "also where the new file exists, STORE itself too; refused where a private key would "
            "be lost that NEW does not have"
        )
        .flag(
            "--lossy", &KeystoreOptions::lossy,
            "also where the new kind has no place for something, which is then told"
        )
        .password(
            "--to-password", &KeystoreOptions::new_password,
            "of the new store; default: the old one's", "the same, from a variable"
        )
        .flag(
            "--no-password", &KeystoreOptions::no_password,
            "a new PKCS#12 or PEM store without encryption"
        )
        .done();
}

CommandSyntax delete_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE --alias NAME",
         "Takes one entry out of a store. A private key is then gone for good.",
         {},
         {},
         "  countersign keystore delete my.keystore --alias old-root\n"},
        options};
    return syntax.alias("the entry").done();
}

CommandSyntax lint_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE",
         "Finds what a partner would find: chains that are incomplete or out of order, keys and "
         "certificates that do not match, what has expired or soon will, wrong usages, weak keys "
         "and signatures. Each with what to do. Exit status 1 where an error is among it, 0 where "
         "there are only warnings.",
         {},
         {},
         "  countersign keystore lint my.keystore --password-file my.password\n"},
        options};
    return syntax.flag("--json", &KeystoreOptions::json, "for programs").done();
}

}  // namespace

CommandSyntax syntax_of(KeystoreVerb verb, KeystoreOptions& options) {
    options.verb = verb;
    switch (verb) {
        case Verb::generate:
            return generate_syntax(options);
        case Verb::request:
            return request_syntax(options);
        case Verb::import:
            return import_syntax(options);
        case Verb::list:
            return list_syntax(options);
        case Verb::export_:
            return export_syntax(options);
        case Verb::convert:
            return convert_syntax(options);
        case Verb::remove:
            return delete_syntax(options);
        case Verb::lint:
            return lint_syntax(options);
        case Verb::rename:
            return rename_syntax(options);
        case Verb::password:
            return password_syntax(options);
        case Verb::verify:
            return verify_syntax(options);
    }
    return {};
}

}  // namespace countersign::proxy::commands
