#include "proxy/client/socket_access.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::client {

namespace {

/// For the owner alone, until the group is the right one.
constexpr std::uint32_t kOwner = 0600;
constexpr std::uint32_t kOwnerAndGroup = 0660;

bool may_chown() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0) return ::geteuid() == 0;
    return (data[CAP_TO_INDEX(CAP_CHOWN)].effective & CAP_TO_MASK(CAP_CHOWN)) != 0;
}

bool is_member(std::uint32_t gid) {
    if (::getegid() == gid) return true;
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
    const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    groups.resize(static_cast<std::size_t>(std::max(count, 0)));
    return std::ranges::find(groups, gid) != groups.end();
}

}  // namespace

std::string group_problem(const profiles::Listener& listener) {
    if (!listener.is_unix() || !listener.group) return {};
    if (may_chown() || is_member(listener.group->gid)) return {};
    return "listener '" + listener.name + "': the socket cannot be given to group '" +
           listener.group->text + "', because the user that runs countersign (uid " +
           std::to_string(::geteuid()) +
           ") is no member of it; add the user to the group (systemd: SupplementaryGroups=), or "
           "name a group of the user's";
}

std::uint32_t first_mode(const profiles::Listener& listener) {
    return listener.mode ? *listener.mode & kOwner : kOwnerAndGroup;
}

const char* give_access(const char* path, const profiles::Listener& listener) {
    if (!listener.mode) return nullptr;
    // Held as it is: who may write to the directory could put a link in its place.
    const net::UniqueFd file{::open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC)};
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return "stat";
    if (!S_ISSOCK(status.st_mode)) {
        errno = ENOTSOCK;
        return "stat";
    }
    constexpr auto kSameUser = static_cast<uid_t>(-1);
    if (listener.group &&
        ::fchownat(file.get(), "", kSameUser, listener.group->gid, AT_EMPTY_PATH) != 0) {
        return "chown";
    }
    const std::string held = "/proc/self/fd/" + std::to_string(file.get());
    if (::chmod(held.c_str(), *listener.mode) == 0) return nullptr;
    // Where /proc is not mounted.
    return errno == ENOENT && ::chmod(path, *listener.mode) == 0 ? nullptr : "chmod";
}

}  // namespace countersign::proxy::client
