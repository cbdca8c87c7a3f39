#include "profiles/yaml/process_user.hpp"

#include <pwd.h>

#include <cerrno>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "profiles/units.hpp"
#include "profiles/yaml/report.hpp"

namespace countersign::profiles {
namespace {

/// What setuid takes for "leave it".
constexpr std::uint64_t kNoUid = std::numeric_limits<std::uint32_t>::max();

/// What this machine has under a name or a number; `text` is what was written.
template <class Look>
std::optional<ProcessUser> known_user(const std::string& text, Look look) {
    std::vector<char> buffer(1024);
    passwd entry{};
    passwd* found = nullptr;
    int error = ERANGE;
    for (constexpr std::size_t kMost = 1 << 20; buffer.size() <= kMost;) {
        error = look(&entry, buffer.data(), buffer.size(), &found);
        if (error != ERANGE) break;
        buffer.resize(buffer.size() * 2);  // what is found stands in it
    }
    if (error != 0 || found == nullptr) return std::nullopt;
    return ProcessUser{entry.pw_uid, entry.pw_gid, text, entry.pw_name};
}

std::optional<ProcessUser> user_of_number(std::uint32_t uid, const std::string& text) {
    const auto known = known_user(text, [uid](auto... rest) { return ::getpwuid_r(uid, rest...); });
    // A container's users have no entry in it.
    return known ? known : ProcessUser{uid, uid, text, {}};
}

}  // namespace

std::optional<ProcessUser> as_process_user(const YamlField& field) {
    constexpr std::string_view kExpected = "a user's name or number";
    if (field.node().kind == YamlNode::Kind::null) return std::nullopt;
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    const std::string name{*text};
    const auto number = parse_number(name);
    if (name.empty() || (number && *number >= kNoUid)) {
        field.unexpected(kExpected);
        return std::nullopt;
    }
    if (number) return user_of_number(static_cast<std::uint32_t>(*number), name);
    auto known =
        known_user(name, [&name](auto... rest) { return ::getpwnam_r(name.c_str(), rest...); });
    if (!known) {
        field.problem(
            "this machine has no user " + quote(name) +
            "; make it (useradd --system), or name one of those that 'getent passwd' lists"
        );
    }
    return known;
}

}  // namespace countersign::profiles
