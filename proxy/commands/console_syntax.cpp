#include "proxy/commands/console_syntax.hpp"

#include <algorithm>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::proxy::commands {

namespace {

using generation::kRoles;
using generation::Role;

OptionSyntax::Take role_into(std::optional<Role>& role) {
    return [&role](const std::string& value) -> std::optional<std::string> {
        const auto* const found =
            std::ranges::find(kRoles, std::string_view{value}, &certs::Word<Role>::text);
        if (found == std::end(kRoles)) {
            return "is view (look) or edit (change), not " +
                   certs::in_quotes(certs::printable(value));
        }
        role = found->meaning;
        return std::nullopt;
    };
}

template <class Source>
OptionSyntax::Take password_into(std::optional<certs::PasswordSource>& password) {
    return [&password](const std::string& value) -> std::optional<std::string> {
        if (password) return "names a second source of the same password; one is enough";
        password = Source{value};
        return std::nullopt;
    };
}

}  // namespace

CommandSyntax console_syntax() {
    return {"console", "COMMAND", "What the console's pages need.",
            {},        "",        "  countersign console user anna --role edit >> users\n"};
}

CommandSyntax console_user_syntax(ConsoleUserOptions& user) {
    return {
        "console user",
        "NAME",
        "Prints a line for the file that console.users of the configuration names: the name, the "
        "role, and the scrypt hash of a password. Nothing is written; whoever has a line in that "
        "file signs in to the console with it from the next reload on.",
        {{"--role", "ROLE", "view: may look; edit: may change, too", role_into(user.role)},
         {"--password-file", "PATH", "a file with the password",
          password_into<certs::PasswordFile>(user.password)},
         {"--password-env", "NAME", "a variable with the password",
          password_into<certs::PasswordEnvironment>(user.password)}},
        "Without a file and a variable the password is asked for at the terminal. It has 12 bytes "
        "or\nmore, and never comes from the command line.\n",
        "  (umask 077; countersign console user anna --role edit >> users)\n"};
}

std::string take_user(const std::vector<std::string>& words, ConsoleUserOptions& user) {
    if (words.empty()) return "console user needs a name, such as anna";
    if (words.size() > 1) {
        return "one user can be made at a time, and '" + certs::printable(words[1]) +
               "' is a second one; quote a name that has blanks";
    }
    if (std::string problem = generation::user_name_problem(words.front()); !problem.empty())
        return "the name '" + certs::printable(words.front()) + "' " + problem;
    if (!user.role) return "console user needs --role view, or --role edit";
    user.name = words.front();
    return {};
}

}  // namespace countersign::proxy::commands
