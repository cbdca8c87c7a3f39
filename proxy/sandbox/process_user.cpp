#include "proxy/sandbox/process_user.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace countersign::proxy::sandbox {

namespace {

using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

constexpr std::uint32_t kListenBelow1024 = 1U << CAP_NET_BIND_SERVICE;

long ask_capabilities(Capabilities& all) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    return ::syscall(SYS_capget, &header, all.data());
}

/// Of those that it has, that one alone. Nothing is passed on to a program that it would execute.
long keep_one_capability() {
    Capabilities all{};
    if (ask_capabilities(all) != 0) return -1;
    const std::uint32_t kept = all[0].permitted & kListenBelow1024;
    all = {};
    all[0].permitted = kept;
    all[0].effective = kept;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    return ::syscall(SYS_capset, &header, all.data());
}

int take_groups(const profiles::ProcessUser& user) {
    if (!user.name.empty()) return ::initgroups(user.name.c_str(), user.gid);
    return ::setgroups(1, &user.gid);
}

}  // namespace

bool is_another(const profiles::ProcessUser& user) { return ::geteuid() != user.uid; }

bool may_become_another() { return ::geteuid() == 0; }

std::string become(const profiles::ProcessUser& user) {
    if (!is_another(user)) return {};
    if (!may_become_another()) {
        return "user: this process runs as uid " + std::to_string(::geteuid()) +
               ", which may not become " + user.text +
               ". Start it as root, or as that user, or leave user out.";
    }
    const auto failed = [&user](const char* step) {
        return "user: root may not become " + user.text + " here (" + step +
               "): " + std::strerror(errno) +
               ". In a container, let it have the capabilities SETUID and SETGID, or start it as "
               "that user and leave user out.";
    };
    // What root may do survives the change of user, and is given up after it.
    ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (take_groups(user) != 0) return failed("setgroups");
    if (::setresgid(user.gid, user.gid, user.gid) != 0) return failed("setgid");
    if (::setresuid(user.uid, user.uid, user.uid) != 0) return failed("setuid");
    ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    if (keep_one_capability() != 0) return failed("capset");
    return {};
}

}  // namespace countersign::proxy::sandbox
