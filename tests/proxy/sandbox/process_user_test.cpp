#include "proxy/sandbox/process_user.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "tests/proxy/sandbox/in_child.hpp"

namespace countersign::proxy::sandbox {
namespace {

constexpr std::uint32_t kStranger = 54321;

const profiles::ProcessUser kWithoutEntry{kStranger, kStranger + 1, "54321", ""};

/// What `status` is where nobody but root could get further.
int expected() { return ::geteuid() == 0 ? 0 : 100; }

/// Of those that count, the first 32.
std::uint32_t capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct all[2] = {};
    ::syscall(SYS_capget, &header, all);
    return all[0].effective | all[0].permitted | all[0].inheritable | all[1].permitted;
}

TEST(ProcessUser, OfRootIsAnotherForGoodAndMayListenBelow1024) {
    const int status = in_child([] {
        if (!become(kWithoutEntry).empty()) return 100;
        int wrong = 0;
        if (::getuid() != kStranger || ::geteuid() != kStranger) wrong |= 1;
        if (::getgid() != kStranger + 1 || ::getegid() != kStranger + 1) wrong |= 2;
        gid_t group = 0;
        if (::getgroups(1, &group) != 1 || group != kStranger + 1) wrong |= 4;
        if (capabilities() != 1U << CAP_NET_BIND_SERVICE) wrong |= 8;
        if (::setuid(0) == 0 || ::setgid(0) == 0) wrong |= 16;
        if (::access("/etc/shadow", R_OK) == 0) wrong |= 32;
        return wrong;
    });

    EXPECT_EQ(status, expected());
}

TEST(ProcessUser, HasTheGroupsOfItsEntry) {
    const int status = in_child([] {
        if (!become({65534, 65534, "nobody", "nobody"}).empty()) return 100;
        gid_t groups[8] = {};
        const int count = ::getgroups(8, groups);
        return count == 1 && groups[0] == 65534 ? 0 : count;
    });

    EXPECT_EQ(status, expected());
}

TEST(ProcessUser, StaysWhoItIs) {
    EXPECT_EQ(become({::geteuid(), ::getegid(), "same", "same"}), "");
}

TEST(ProcessUser, OfAnyoneElseIsAnError) {
    const int status = in_child([] {
        if (::geteuid() == 0 && ::setuid(kStranger) != 0) return 100;
        const std::string sentence =
            "user: this process runs as uid " + std::to_string(::geteuid()) +
            ", which may not become root. Start it as root, or as that user, or leave user out.";
        return become({0, 0, "root", "root"}) == sentence ? 0 : 1;
    });

    EXPECT_EQ(status, 0);
}

TEST(ProcessUser, WithoutTheRightsOfRootIsAnError) {
    const int status = in_child([] {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        const __user_cap_data_struct none[2] = {};
        if (::geteuid() != 0 || ::syscall(SYS_capset, &header, none) != 0) return 100;
        const std::string sentence =
            "user: root may not become 54321 here (setgroups): Operation not permitted. In a "
            "container, let it have the capabilities SETUID and SETGID, or start it as that user "
            "and leave user out.";
        return become(kWithoutEntry) == sentence ? 0 : 1;
    });

    EXPECT_EQ(status, expected());
}

}  // namespace
}  // namespace countersign::proxy::sandbox
