#include "proxy/commands/keystore/next_command.hpp"

#include <optional>
#include <variant>

#include "certs/text/shell_word.hpp"

namespace countersign::proxy::commands {
namespace {

void append_password(
    std::string& line, std::string_view option, const std::optional<certs::PasswordSource>& source
) {
    if (!source) return;
    const auto append = [&](std::string_view kind, std::string_view value) {
        line.append(" ").append(option).append(kind).append(" ").append(certs::shell_word(value));
    };
    if (const auto* file = std::get_if<certs::PasswordFile>(&*source)) {
        append("-file", file->path.native());
    } else if (const auto* variable = std::get_if<certs::PasswordEnvironment>(&*source)) {
        append("-env", variable->variable);
    }
}

}  // namespace

std::string next_command(const std::vector<std::string>& words, const KeystoreOptions& options) {
    std::string line = "next: countersign keystore";
    for (const std::string& word : words) line.append(" ").append(certs::shell_word(word));
    append_password(line, "--password", options.password);
    append_password(line, "--key-password", options.key_password);
    return line + "\n";
}

}  // namespace countersign::proxy::commands
