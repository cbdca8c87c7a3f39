#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/keystore/options.hpp"

namespace countersign::proxy::commands {

/// The arguments after the verb. Error: a sentence for whoever typed them; it never repeats the
/// value of a password that was typed.
struct ParsedKeystoreOptions {
    std::optional<KeystoreOptions> options;
    std::string error;
};
ParsedKeystoreOptions parse_keystore_options(
    KeystoreVerb verb, const std::vector<std::string_view>& arguments
);

}  // namespace countersign::proxy::commands
