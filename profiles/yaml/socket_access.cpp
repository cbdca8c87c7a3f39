#include "profiles/yaml/socket_access.hpp"

#include <grp.h>

#include <cerrno>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "profiles/units.hpp"
#include "profiles/yaml/scalars.hpp"

namespace countersign::profiles {
namespace {

constexpr std::uint32_t kOwnerAndGroup = 0660;
/// Connecting to a socket is writing to its file.
constexpr std::uint32_t kAnyWriter = 0222;
/// What chown takes for "leave it".
constexpr std::uint64_t kNoGid = std::numeric_limits<std::uint32_t>::max();

/// Three octal digits, with a 0 before them or without.
std::optional<std::uint32_t> parse_mode(std::string_view text) {
    if (text.size() == 4 && text.front() == '0') text.remove_prefix(1);
    if (text.size() != 3) return std::nullopt;
    std::uint32_t mode = 0;
    for (const char c : text) {
        if (c < '0' || c > '7') return std::nullopt;
        mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
    }
    return mode;
}

std::optional<std::uint32_t> as_mode(const YamlField& field) {
    constexpr std::string_view kExpected = "a mode in octal and in quotes, such as \"0660\"";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    const auto mode = parse_mode(*text);
    if (mode && !field.node().quoted) {
        // 0660 without quotes is 432 to one YAML reader and 660 to another.
        const std::string digits{text->substr(text->size() - 3)};
        field.unexpected(
            "\"0" + digits + "\" in quotes; without them it may be read as another number"
        );
        return std::nullopt;
    }
    if (!mode) {
        field.unexpected(kExpected);
    } else if ((*mode & kAnyWriter) == 0) {
        field.problem(
            "lets nobody connect, which takes the right to write; \"0660\" lets the owner and the "
            "group"
        );
    } else {
        return mode;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> gid_of(const std::string& name) {
    std::vector<char> buffer(1024);
    group entry{};
    group* found = nullptr;
    int error = ERANGE;
    // A group's entry lists its members.
    for (constexpr std::size_t kMost = 1 << 20; error == ERANGE && buffer.size() <= kMost;) {
        error = ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
        buffer.resize(buffer.size() * 2);
    }
    return error == 0 && found != nullptr ? std::optional{entry.gr_gid} : std::nullopt;
}

std::optional<SocketGroup> as_group(const YamlField& field) {
    constexpr std::string_view kExpected = "a group's name or number";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (text->empty()) {
        field.unexpected(kExpected);
        return std::nullopt;
    }
    std::string name{*text};
    if (const auto number = parse_number(*text)) {
        if (*number < kNoGid) return SocketGroup{static_cast<std::uint32_t>(*number), name};
        field.unexpected(kExpected);
        return std::nullopt;
    }
    if (const auto gid = gid_of(name)) return SocketGroup{*gid, std::move(name)};
    field.problem(
        "this machine has no group " + quote(name) +
        "; make it (groupadd --system), or name one of those that 'getent group' lists"
    );
    return std::nullopt;
}

}  // namespace

void read_socket_access(YamlMap& map, bool is_unix, Listener& listener) {
    const auto mode = map.find("mode");
    const auto group = map.find("group");
    if (!is_unix) {
        for (const auto& given : {mode, group}) {
            if (given)
                given->problem("is for unix sockets; who may connect by TCP is said by 'allow'");
        }
        return;
    }
    if (group) listener.group = as_group(*group);
    if (mode) listener.mode = as_mode(*mode);
    if (listener.group && !listener.mode) listener.mode = kOwnerAndGroup;
}

}  // namespace countersign::profiles
