#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/source.hpp"
#include "proxy/commands/command_syntax.hpp"
#include "proxy/generation/console_users.hpp"

namespace countersign::proxy::commands {

/// The user that `console user` makes a line for.
struct ConsoleUserOptions {
    std::string name;
    std::optional<generation::Role> role;
    std::optional<certs::PasswordSource> password;  ///< null: it is asked for
};

/// What `console user` understands; what is read by it is put into `user`, which outlives it.
CommandSyntax console_user_syntax(ConsoleUserOptions& user);

/// `console` itself: what is below it.
CommandSyntax console_syntax();

/// Empty: the name and the role are there, and the name is put into `user`; else what is wrong.
std::string take_user(const std::vector<std::string>& words, ConsoleUserOptions& user);

}  // namespace countersign::proxy::commands
