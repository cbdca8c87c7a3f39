#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/password_digest.hpp"
#include "certs/password_hash.hpp"
#include "certs/source.hpp"
#include "certs/text/word.hpp"

namespace countersign::proxy::generation {

/// What somebody may at the console.
enum class Role {
    view,  ///< look
    edit   ///< change, and connect to others to try them
};
inline constexpr certs::Word<Role> kRoles[] = {{"view", Role::view}, {"edit", Role::edit}};

struct ConsoleUser {
    std::string name;
    Role role = Role::view;
    certs::PasswordHash password;
    bool has_password = true;    ///< false: who comes by a certificate alone
    certs::PasswordDigest line;  ///< of all that the line says: it differs where that does
};

/// Empty: a user may be called so; else why not, to follow "its name …".
std::string user_name_problem(std::string_view name);
/// A user's line: NAME:ROLE:HASH.
std::string user_line(std::string_view name, Role role, const certs::PasswordHash& password);

/// Who may sign in to the console with a name and a password: `console.users`, a line for each.
/// Keeps hashes only. Immutable.
class ConsoleUsers {
public:
    /// What is wrong goes to `problems`, a sentence each, with its file and line; `where`: of the
    /// key in the configuration.
    static ConsoleUsers load(
        const certs::PasswordSource& source, const std::string& where,
        std::vector<std::string>& problems
    );

    /// Null: there is none of that name.
    const ConsoleUser* find(std::string_view name) const;
    /// Whether anybody of them signs in with one.
    bool have_passwords() const;
    /// Nobody's password, as dear as the dearest of them: so a name that nobody has takes as long.
    const certs::PasswordHash& nobody() const { return *nobody_; }

private:
    std::vector<ConsoleUser> users_;
    std::optional<certs::PasswordHash> nobody_;
};

}  // namespace countersign::proxy::generation
