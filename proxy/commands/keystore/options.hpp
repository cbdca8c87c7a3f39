#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/edit/container.hpp"
#include "certs/make/certificate_request.hpp"
#include "certs/make/key_pair.hpp"
#include "certs/source.hpp"

namespace countersign::proxy::commands {

enum class KeystoreVerb {
    generate,
    request,
    import,
    list,
    export_,
    convert,
    remove,
    lint,
    rename,
    password,
    verify
};
inline constexpr KeystoreVerb kKeystoreVerbs[] = {
    KeystoreVerb::generate, KeystoreVerb::request,  KeystoreVerb::import, KeystoreVerb::list,
    KeystoreVerb::export_,  KeystoreVerb::convert,  KeystoreVerb::remove, KeystoreVerb::lint,
    KeystoreVerb::rename,   KeystoreVerb::password, KeystoreVerb::verify};

/// "generate", "request" …; nullopt for none of them.
std::optional<KeystoreVerb> keystore_verb(std::string_view word);
std::string_view name_of(KeystoreVerb verb);

/// What `countersign keystore VERB …` asks for. Passwords are named here, not read.
struct KeystoreOptions {
    KeystoreVerb verb = KeystoreVerb::list;
    bool help = false;
    std::vector<std::filesystem::path> files;  ///< the store first
    std::optional<std::string> alias;
    std::optional<std::string> new_alias;      ///< --to
    std::vector<std::filesystem::path> trust;  ///< --trust
    std::optional<certs::PasswordSource> password;
    std::optional<certs::PasswordSource> key_password;
    std::optional<certs::PasswordSource> new_password;  ///< --to-password-…: of what is written
    bool no_password = false;
    std::optional<certs::Container> format;
    std::optional<std::filesystem::path> out;  ///< absent: standard output

    certs::KeySpec key;
    std::optional<std::string> subject;
    std::vector<std::string> names;
    std::optional<certs::Purpose> purpose;
    int days = 90;

    bool trusted = false;
    bool incomplete = false;
    bool der = false;
    bool leaf_only = false;
    bool private_key = false;
    bool replace = false;
    bool lossy = false;
    bool json = false;
};

}  // namespace countersign::proxy::commands
