#include "proxy/commands/keystore/next_command.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "certs/text/ascii.hpp"

namespace countersign::proxy::commands {
namespace {

bool needs_no_quotes(char c) {
    return certs::is_letter(c) || certs::is_digit(c) ||
           std::string_view{"_-+=./,:@%"}.find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// $'…', which says a control character without sending it to the terminal.
std::string with_escapes(std::string_view word) {
    std::string out = "$'";
    for (const char c : word) {
        if (is_control(c)) {
            const auto value = static_cast<unsigned>(c);
            out +=
                {'\\', static_cast<char>('0' + (value >> 6)),
                 static_cast<char>('0' + ((value >> 3) & 7)), static_cast<char>('0' + (value & 7))};
        } else {
            if (c == '\'' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + "'";
}

void append_password(
    std::string& line, std::string_view option, const std::optional<certs::PasswordSource>& source
) {
    if (!source) return;
    const auto append = [&](std::string_view kind, std::string_view value) {
        line.append(" ").append(option).append(kind).append(" ").append(shell_word(value));
    };
    if (const auto* file = std::get_if<certs::PasswordFile>(&*source)) {
        append("-file", file->path.native());
    } else if (const auto* variable = std::get_if<certs::PasswordEnvironment>(&*source)) {
        append("-env", variable->variable);
    }
}

}  // namespace

std::string shell_word(std::string_view word) {
    if (!word.empty() && std::ranges::all_of(word, needs_no_quotes)) return std::string{word};
    if (std::ranges::any_of(word, is_control)) return with_escapes(word);
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::string next_command(const std::vector<std::string>& words, const KeystoreOptions& options) {
    std::string line = "next: countersign keystore";
    for (const std::string& word : words) line.append(" ").append(shell_word(word));
    append_password(line, "--password", options.password);
    append_password(line, "--key-password", options.key_password);
    return line + "\n";
}

}  // namespace countersign::proxy::commands
