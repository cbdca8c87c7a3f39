#include "proxy/generation/console_users.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"
#include "profiles/nearest_word.hpp"

namespace countersign::proxy::generation {

namespace {

constexpr std::size_t kLongestName = 200;
/// In the place of a hash.
constexpr std::string_view kByCertificate = "certificate";
constexpr std::string_view kHowToMake =
    "; `countersign console user NAME --role ROLE` makes a line";

std::string name_of(const certs::PasswordSource& source) {
    if (const auto* file = std::get_if<certs::PasswordFile>(&source)) return file->path.string();
    if (const auto* variable = std::get_if<certs::PasswordEnvironment>(&source))
        return "variable " + variable->variable;
    if (const auto* credential = std::get_if<certs::PasswordCredential>(&source))
        return "credential " + credential->name;
    return "console.users";
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<Role> role_of(std::string_view word) {
    const auto* const found = std::ranges::find(kRoles, word, &certs::Word<Role>::text);
    return found == std::end(kRoles) ? std::nullopt : std::optional{found->meaning};
}

/// What was found is not repeated: it may be a password, put in the wrong place.
std::string role_problem(std::string_view found) {
    static constexpr std::string_view kWords[] = {"view", "edit"};
    const std::string_view meant = profiles::nearest_word(found, kWords);
    std::string text = "has no role; behind the name stands view or edit";
    if (!meant.empty()) text += "; did you mean '" + std::string{meant} + "'?";
    return text;
}

boost::system::result<certs::PasswordHash, std::string> nobodys_hash() {
    auto made = certs::PasswordHash::of_nobody({});
    if (!made) return made.error().message();
    return std::move(*made);
}

std::string line_of(std::string_view name, Role role, const std::string& hash) {
    return std::string{name} + ':' + std::string{certs::word_for(kRoles, role)} + ':' + hash;
}

/// `is_subject`: a certificate's, which may have a ':'.
std::string name_problem(std::string_view name, bool is_subject) {
    if (name.empty()) return "is empty";
    if (name.size() > kLongestName)
        return "is longer than " + std::to_string(kLongestName) + " bytes";
    if (name.starts_with('#')) return "begins with '#', as a comment does";
    if (!is_subject && name.find(':') != name.npos) return "has a ':', which ends a name";
    if (without_blanks(name).size() != name.size()) return "begins or ends with a blank";
    if (certs::printable(name) != name) return "has characters that cannot be shown";
    return {};
}

/// Puts what the line says into `user`. What is wrong with it; empty: nothing.
std::string read_user(std::string_view line, ConsoleUser& user) {
    // From the right: a certificate's subject may have a ':'.
    const std::size_t second = line.rfind(':');
    const std::size_t first =
        second == line.npos || second == 0 ? line.npos : line.rfind(':', second - 1);
    if (first == line.npos) {
        return "is no user; a line is NAME:ROLE:HASH" + std::string{kHowToMake};
    }
    user.name = without_blanks(line.substr(0, first));
    const std::string_view third = without_blanks(line.substr(second + 1));
    const bool by_certificate = third == kByCertificate;
    if (std::string problem = name_problem(user.name, by_certificate); !problem.empty())
        return "has a user whose name " + problem;
    const std::string about = "user " + certs::in_quotes(certs::printable(user.name)) + ' ';
    const std::string_view word = without_blanks(line.substr(first + 1, second - first - 1));
    const auto role = role_of(word);
    if (!role) return about + role_problem(word);
    user.role = *role;
    // Whoever signs in by a certificate alone has a password that nobody knows.
    auto hash = by_certificate ? nobodys_hash() : certs::PasswordHash::parse(third);
    if (!hash) {
        return about + "has no password: the hash " + hash.error() + std::string{kHowToMake} +
               (third.starts_with('$')
                    ? ""
                    : "; who comes by a certificate alone has the word certificate there");
    }
    user.password = std::move(*hash);
    user.has_password = !by_certificate;
    auto digest = certs::PasswordDigest::of(
        line_of(user.name, user.role, by_certificate ? std::string{third} : user.password.text())
    );
    if (!digest) return about + digest.error().message();
    user.line = *digest;
    return {};
}

}  // namespace

std::string user_name_problem(std::string_view name) { return name_problem(name, false); }

std::string user_line(std::string_view name, Role role, const certs::PasswordHash& password) {
    return line_of(name, role, password.text());
}

ConsoleUsers ConsoleUsers::load(
    const certs::PasswordSource& source, const std::string& where,
    std::vector<std::string>& problems
) {
    ConsoleUsers made;
    const auto text = certs::read_password(source);
    if (!text) {
        problems.push_back(
            (where.empty() ? "" : where + ": ") + "console.users: " + text.error().message()
        );
        return made;
    }
    certs::ScryptCost dearest;
    std::string_view rest = text->reveal();
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = without_blanks(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty() || line.starts_with('#')) continue;
        const std::string at =
            certs::printable(name_of(source)) + ':' + std::to_string(number) + ": ";
        ConsoleUser user;
        if (const std::string problem = read_user(line, user); !problem.empty()) {
            problems.push_back(at + problem);
        } else if (made.find(user.name) != nullptr) {
            problems.push_back(
                at + "user " + certs::in_quotes(user.name) +
                " has a line already; keep one of the two"
            );
        } else {
            const certs::ScryptCost& cost = user.password.cost();
            if (made.users_.empty() || cost.work() > dearest.work()) dearest = cost;
            made.users_.push_back(std::move(user));
        }
    }
    if (auto nobody = certs::PasswordHash::of_nobody(dearest)) {
        made.nobody_ = std::move(*nobody);
    } else {
        problems.push_back("console.users: " + nobody.error().message());
    }
    return made;
}

const ConsoleUser* ConsoleUsers::find(std::string_view name) const {
    const auto found = std::ranges::find(users_, name, &ConsoleUser::name);
    return found == users_.end() ? nullptr : &*found;
}

bool ConsoleUsers::have_passwords() const {
    return std::ranges::any_of(users_, &ConsoleUser::has_password);
}

}  // namespace countersign::proxy::generation
