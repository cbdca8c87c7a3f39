#include "proxy/commands/console_user.hpp"

#include <iostream>

#include "certs/password_hash.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/commands/keystore/password_prompt.hpp"

namespace countersign::proxy::commands {

namespace {

/// What people remember can be guessed, once a file is stolen.
constexpr std::size_t kShortestPassword = 12;

certs::EditResult<certs::Secret> new_password(const ConsoleUserOptions& options) {
    if (options.password) {
        auto password = certs::read_password(*options.password);
        if (!password) return certs::EditError{password.error().message()};
        return std::move(*password);
    }
    return ask_new_password(
        "Password of " + certs::printable(options.name),
        "there is no terminal to ask for the password at. Give it by --password-file PATH, or by "
        "--password-env NAME."
    );
}

int say(const std::string& sentence) {
    std::cerr << "countersign console user: " << sentence << '\n';
    return 1;
}

}  // namespace

int console_user_command(const ConsoleUserOptions& options) {
    const auto password = new_password(options);
    if (!password) return say(password.error().sentence);
    if (password->size() < kShortestPassword) {
        return say(
            "the password is shorter than " + std::to_string(kShortestPassword) +
            " bytes, so it can be guessed. Take a longer one: a few words do."
        );
    }
    const auto hash = certs::PasswordHash::of(password->reveal());
    if (!hash) return say(hash.error().message(certs::Audience::command));
    std::cout << generation::user_line(options.name, *options.role, *hash) << '\n';
    return 0;
}

}  // namespace countersign::proxy::commands
