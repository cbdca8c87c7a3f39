#include "proxy/commands/keystore/upkeep_syntax.hpp"

#include "proxy/commands/keystore/syntax_builder.hpp"

namespace countersign::proxy::commands {

CommandSyntax rename_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE --alias NAME --to NAME",
         "Gives an entry another alias. Its key stays sealed as it is, so no password of the key's "
         "own is needed. PEM has no aliases.",
         {},
         {},
         "  countersign keystore rename my.keystore --alias 1 --to mydomain \\\n"
         "      --password-file my.password\n"},
        options};
    return syntax.alias("the entry")
        .text("--to", "NAME", &KeystoreOptions::new_alias, "its new alias")
        .done();
}

CommandSyntax password_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE",
         "Changes the password of a store and of every key in it. The store is written anew, "
         "compared with what it held, and put in the place of the old one whole, or not at all. "
         "The passwords in a configuration have to be changed with it.",
         {},
         {},
         "  countersign keystore password my.keystore --password-file old.password \\\n"
         "      --to-password-file new.password\n"},
        options};
    return syntax
        .password(
            "--to-password", &KeystoreOptions::new_password,
            "the new one; asked for twice where none is named", "the same, from a variable"
        )
        .flag(
            "--no-password", &KeystoreOptions::no_password,
            "none any more: PKCS#12 or PEM without encryption"
        )
        .flag(
            "--lossy", &KeystoreOptions::lossy,
            "also where something cannot be written again, which is then told"
        )
        .done();
}

CommandSyntax verify_syntax(KeystoreOptions& options) {
    SyntaxBuilder syntax{
        {{},
         "STORE --trust FILE",
         "Says whether a server that trusts the certificates in FILE would accept the chain of the "
         "store's key: signatures, dates, usages and strength, as OpenSSL checks a client's. Exit "
         "status 1 where it would not.",
         {},
         {},
         "  countersign keystore verify my.keystore --trust partner-root.pem \\\n"
         "      --password-file my.password\n"},
        options};
    return syntax.alias("needed only where the store has several keys")
        .add(
            "--trust", "FILE", "what the server trusts: PEM, DER or PKCS#7; as often as needed",
            [](KeystoreOptions& into, const std::string& path) {
                into.trust.emplace_back(path);
                return std::optional<std::string>{};
            }
        )
        .flag("--json", &KeystoreOptions::json, "for programs")
        .done();
}

}  // namespace countersign::proxy::commands
