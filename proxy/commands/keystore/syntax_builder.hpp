#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/commands/command_syntax.hpp"
#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

inline constexpr std::string_view kAboutPasswords =
    "Passwords come from a file (--password-file PATH; one line end is not part of it), from a\n"
    "variable (--password-env NAME), or are asked for at the terminal. Never from the command\n"
    "line.\n";

/// Puts the options of one sub-command together.
class SyntaxBuilder {
public:
    SyntaxBuilder(CommandSyntax syntax, KeystoreOptions& options)
        : syntax_{std::move(syntax)}, options_{options} {
        syntax_.name = "keystore " + std::string{name_of(options.verb)};
    }

    SyntaxBuilder& flag(const char* name, bool KeystoreOptions::*member, std::string_view help) {
        return add(name, "", help, [member](KeystoreOptions& options, const std::string&) {
            options.*member = true;
            return std::optional<std::string>{};
        });
    }

    SyntaxBuilder& text(
        const char* name, const char* value, std::optional<std::string> KeystoreOptions::*member,
        std::string_view help
    ) {
        return add(name, value, help, [member](KeystoreOptions& options, const std::string& said) {
            options.*member = said;
            return std::optional<std::string>{};
        });
    }

    /// `prefix`: "--password".
    SyntaxBuilder& password(
        const std::string& prefix, std::optional<certs::PasswordSource> KeystoreOptions::*member,
        std::string_view from_file, std::string_view from_variable
    ) {
        using Member = std::optional<certs::PasswordSource> KeystoreOptions::*;
        const auto take = [](KeystoreOptions& options, Member into, certs::PasswordSource source) {
            if (options.*into)
                return std::optional<std::string>{
                    "names a second source of the same password; one is "
                    "enough"};
            options.*into = std::move(source);
            return std::optional<std::string>{};
        };
        add(prefix + "-file", "PATH", from_file,
            [member, take](KeystoreOptions& options, const std::string& path) {
                return take(options, member, certs::PasswordFile{path});
            });
        return add(
            prefix + "-env", "NAME", from_variable,
            [member, take](KeystoreOptions& options, const std::string& name) {
                return take(options, member, certs::PasswordEnvironment{name});
            }
        );
    }

    SyntaxBuilder& alias(std::string_view help) {
        return text("--alias", "NAME", &KeystoreOptions::alias, help);
    }

    /// Of what is requested.
    SyntaxBuilder& subject() {
        text(
            "--subject", "NAME", &KeystoreOptions::subject,
            "the certificate's name, such as \"CN=acme-client, O=Acme, C=DE\""
        );
        return add(
            "--san", "NAME",
            "another name of it: DNS:…, IP:…, URI:… or email:…; as often as needed",
            [](KeystoreOptions& options, const std::string& name) {
                options.names.push_back(name);
                return std::optional<std::string>{};
            }
        );
    }

    SyntaxBuilder& out() {
        add("--out", "FILE", "default: standard output",
            [](KeystoreOptions& options, const std::string& path) {
                if (path != "-") options.out = path;
                return std::optional<std::string>{};
            });
        return flag(
            "--replace", &KeystoreOptions::replace,
            "overwrites FILE if it exists, unless a private key could be lost"
        );
    }

    template <class Take>
    SyntaxBuilder& add(std::string name, const char* value, std::string_view help, Take take) {
        KeystoreOptions& options = options_;
        syntax_.options.push_back(
            {std::move(name), value, help,
             [&options, take](const std::string& said) { return take(options, said); }}
        );
        return *this;
    }

    /// With the passwords that open the store.
    CommandSyntax done() {
        password(
            "--password", &KeystoreOptions::password,
            "the store's password; asked for where one is needed and neither is named",
            "the same, from a variable"
        );
        const bool opens_keys =
            options_.verb != KeystoreVerb::list && options_.verb != KeystoreVerb::remove &&
            options_.verb != KeystoreVerb::rename && options_.verb != KeystoreVerb::verify;
        if (opens_keys) {
            password(
                "--key-password", &KeystoreOptions::key_password,
                "the key's own, where it has one (JKS, JCEKS)", "the same, from a variable"
            );
        }
        syntax_.more = kAboutPasswords;
        return std::move(syntax_);
    }

private:
    CommandSyntax syntax_;
    KeystoreOptions& options_;
};

}  // namespace countersign::proxy::commands
