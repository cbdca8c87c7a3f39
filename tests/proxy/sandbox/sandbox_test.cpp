#include "proxy/sandbox/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

#include "proxy/net/unique_fd.hpp"
#include "proxy/sandbox/landlock.hpp"
#include "tests/proxy/sandbox/in_child.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::sandbox {
namespace {

namespace fs = std::filesystem;

int write_to(const fs::path& path) {
    const net::UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600)};
    return file ? 0 : errno;
}

int read_from(const fs::path& path) {
    const net::UniqueFd file{::open(path.c_str(), O_RDONLY)};
    return file ? 0 : errno;
}

int error_if(bool failed) { return failed ? errno : 0; }

int make_socket(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const net::UniqueFd socket{::socket(AF_UNIX, SOCK_STREAM, 0)};
    return error_if(
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
    );
}

/// A log in log/, a unix socket in run/; and another folder.
class InTheSandbox : public testing::Test {
protected:
    InTheSandbox() {
        for (const char* const name : {"log", "log/deeper", "run", "other"}) {
            fs::create_directory(files_ / name);
        }
        files_.write("other/there", "text");
        files_.write("log/there", "text");
        configuration_.log.access = (files_ / "log/access.log").string();
        configuration_.listeners = {{"apps", profiles::UnixAddress{files_ / "run/apps.sock"}, {}}};
        configuration_.admin.listener.reset();
    }

    /// What `act` gives in a process that has only Landlock; -1 where the kernel has none.
    template <class Act>
    int within(Act act) {
        return in_child([&] {
            if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 201;
            return restrict_files(writable_places(configuration_)).abi > 0 ? act() : 202;
        });
    }

    tests::TempDir files_;
    profiles::Configuration configuration_;
};

// A kernel without it proves nothing of it, and a build that is green there would.
constexpr const char* kNoLandlock = "this kernel has no Landlock; run the tests on one that has";

/// Its version in this kernel (Debian 12's has 2); 0: none.
int landlock_version() {
    return in_child([] {
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        return restrict_files({}).abi;
    });
}

bool has_landlock() { return landlock_version() > 0; }

TEST_F(InTheSandbox, FilesAreWrittenInTheLogsFolderAlone) {
    ASSERT_TRUE(has_landlock()) << kNoLandlock;

    EXPECT_EQ(within([&] { return write_to(files_ / "log/access.log"); }), 0);
    EXPECT_EQ(within([&] { return write_to(files_ / "log/there"); }), 0);
    EXPECT_EQ(within([&] { return write_to(files_ / "log/deeper/new"); }), 0);
    EXPECT_EQ(within([&] { return write_to(files_ / "other/there"); }), EACCES);
    EXPECT_EQ(within([&] { return write_to(files_ / "other/new"); }), EACCES);
    EXPECT_EQ(within([&] { return write_to(files_ / "run/new"); }), EACCES);
}

TEST_F(InTheSandbox, FilesAreReadAnywhere) {
    ASSERT_TRUE(has_landlock()) << kNoLandlock;

    EXPECT_EQ(within([&] { return read_from(files_ / "other/there"); }), 0);
    EXPECT_EQ(within([&] { return read_from("/etc/passwd"); }), 0);
}

TEST_F(InTheSandbox, NothingIsRemovedRenamedOrMade) {
    ASSERT_TRUE(has_landlock()) << kNoLandlock;
    const fs::path log = files_ / "log/there";
    const fs::path other = files_ / "other/there";

    for (const fs::path& path : {log, other}) {
        EXPECT_EQ(within([&] { return error_if(::unlink(path.c_str()) != 0); }), EACCES);
        const int truncated = landlock_version() >= 3 ? EACCES : 0;
        EXPECT_EQ(within([&] { return error_if(::truncate(path.c_str(), 0) != 0); }), truncated);
        const std::string beside = path.string() + "2";
        EXPECT_EQ(
            within([&] { return error_if(::rename(path.c_str(), beside.c_str()) != 0); }), EACCES
        );
        EXPECT_EQ(within([&] { return error_if(::mkdir(beside.c_str(), 0700) != 0); }), EACCES);
        EXPECT_EQ(within([&] { return error_if(::symlink("/etc", beside.c_str()) != 0); }), EACCES);
    }
}

TEST_F(InTheSandbox, UnixSocketsAreMadeAndRemovedWhereTheListenersAre) {
    ASSERT_TRUE(has_landlock()) << kNoLandlock;

    EXPECT_EQ(
        within([&] {
            const fs::path path = files_ / "run/apps.sock";
            const int made = make_socket(path);
            if (made != 0) return made;
            const int removed = error_if(::unlink(path.c_str()) != 0);
            return removed != 0 ? removed : make_socket(path);
        }),
        0
    );
    EXPECT_EQ(within([&] { return make_socket(files_ / "other/apps.sock"); }), EACCES);
    EXPECT_EQ(within([&] { return make_socket(files_ / "log/apps.sock"); }), EACCES);
}

TEST_F(InTheSandbox, NoProgramIsExecuted) {
    ASSERT_TRUE(has_landlock()) << kNoLandlock;

    EXPECT_EQ(
        within([] {
            ::execl("/bin/true", "true", nullptr);
            return errno;
        }),
        EACCES
    );
}

// Since version 6 of Landlock.
TEST_F(InTheSandbox, NoOtherProcessIsSentASignal) {
    const int status = in_child([] {
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        const int abi = restrict_files({}).abi;
        const int other = error_if(::kill(::getppid(), 0) != 0);
        const int own = error_if(::kill(::getpid(), 0) != 0);
        return own == 0 && other == (abi >= 6 ? EPERM : 0) ? 0 : 1;
    });

    EXPECT_EQ(status, 0);
}

TEST_F(InTheSandbox, AllIsGivenUpAtOnceAndTold) {
    const bool landlock = has_landlock();

    const int status = in_child([&] {
        const Sandbox sandbox = Sandbox::enter(configuration_);
        const std::string& text = sandbox.report();
        const std::string files = "no program is executed, files are written in " +
                                  (files_ / "log").string() + " and " + (files_ / "run").string() +
                                  " only (Landlock ";
        int wrong = 0;
        if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) wrong |= 1;
        if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) wrong |= 2;
        if (::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2) wrong |= 4;
        if (landlock && write_to(files_ / "other/there") != EACCES) wrong |= 8;
        const std::string begin =
            "sandbox: no core dump and no debugger of the same user, no new privileges, ";
        if (!text.starts_with(begin + (landlock ? files : ""))) wrong |= 16;
        if (text.find(" system calls refused (seccomp)") == std::string::npos) wrong |= 32;
        return wrong;
    });

    EXPECT_EQ(status, 0);
}

/// From now on the kernel of this process answers a call with an error, as an old one would, or
/// that of a container.
bool fails(long call, int error) {
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog filter{4, code};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

TEST_F(InTheSandbox, WhatTheKernelDoesNotHaveIsSaid) {
    constexpr long kCreateRuleset = 444;
    const struct {
        long call;
        int error;
        std::string missing;
    } kCases[] = {
        {kCreateRuleset, ENOSYS, "; NOT in force: Landlock (the kernel has none)"},
        {kCreateRuleset, EOPNOTSUPP,
         "; NOT in force: Landlock (the kernel was started without it)"},
        {kCreateRuleset, EPERM,
         "; NOT in force: Landlock (the kernel refuses it: Operation not permitted)"},
        {SYS_seccomp, ENOSYS, "seccomp (the kernel has none)"},
        {SYS_seccomp, EPERM, "seccomp (the kernel refuses it: Operation not permitted)"},
    };
    for (const auto& one : kCases) {
        const int status = in_child([&] {
            if (!fails(one.call, one.error)) return 1;
            const Sandbox sandbox = Sandbox::enter(configuration_);
            if (sandbox.report().find(one.missing) == std::string::npos) return 2;
            // Nothing is limited, so nothing is refused.
            configuration_.log.access = (files_ / "other/access.log").string();
            if (one.call == kCreateRuleset && !sandbox.objections(configuration_).empty()) return 3;
            return 0;
        });
        EXPECT_EQ(status, 0) << one.missing;
    }
}

TEST_F(InTheSandbox, NothingIsGivenUpWhereItIsOff) {
    configuration_.sandbox = profiles::SandboxRule::off;

    const int status = in_child([&] {
        const Sandbox sandbox = Sandbox::enter(configuration_);
        int wrong = 0;
        if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 1) wrong |= 1;
        if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0) wrong |= 2;
        if (write_to(files_ / "other/there") != 0) wrong |= 4;
        if (!sandbox.report().starts_with("sandbox: off")) wrong |= 8;
        configuration_.log.access = (files_ / "other/access.log").string();
        if (!sandbox.objections(configuration_).empty()) wrong |= 16;
        return wrong;
    });

    EXPECT_EQ(status, 0);
}

/// What a process that has entered with `before` says of `next`, line by line, through a pipe.
std::string objections(const profiles::Configuration& before, const profiles::Configuration& next) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return "no pipe";
    const net::UniqueFd from{ends[0]};
    net::UniqueFd to{ends[1]};
    in_child([&] {
        std::string text;
        for (const std::string& line : Sandbox::enter(before).objections(next)) text += line + '\n';
        return ::write(to.get(), text.data(), text.size()) < 0 ? 1 : 0;
    });
    to.reset();
    std::string text(10'000, '\0');
    text.resize(
        static_cast<std::size_t>(std::max<ssize_t>(::read(from.get(), text.data(), text.size()), 0))
    );
    return text;
}

TEST_F(InTheSandbox, WhatCannotBeWrittenAnyMoreIsSaid) {
    ASSERT_TRUE(has_landlock()) << kNoLandlock;
    const auto log_at = [&](const std::string& path) {
        profiles::Configuration next = configuration_;
        next.log.access = path;
        return objections(configuration_, next);
    };
    const std::string in = (files_ / "").string();
    const std::string since = " by this process: since its start it writes in " + in + "log and " +
                              in + "run only (sandbox). Restart countersign to write in ";
    const std::string or_else = ", or name a place that was there.\n";

    EXPECT_EQ(log_at("stdout"), "");
    EXPECT_EQ(log_at(in + "log/another.log"), "");
    EXPECT_EQ(log_at(in + "log/deeper/another.log"), "");
    EXPECT_EQ(log_at(in + "not-there/access.log"), "");
    EXPECT_EQ(
        log_at(in + "other/access.log"),
        "log.access: " + in + "other/access.log cannot be written" + since + in + "other" + or_else
    );
    fs::create_symlink(files_ / "other/there", files_ / "log/link");
    EXPECT_EQ(
        log_at(in + "log/link"),
        "log.access: " + in + "log/link cannot be written" + since + in + "other" + or_else
    );
    profiles::Configuration next = configuration_;
    next.listeners[0].address = profiles::UnixAddress{files_ / "other/apps.sock"};
    EXPECT_EQ(
        objections(configuration_, next),
        "listener 'apps': " + in + "other/apps.sock cannot be made" + since + in + "other" + or_else
    );
}

TEST_F(InTheSandbox, AFolderThatIsMadeAnewIsAnother) {
    ASSERT_TRUE(has_landlock()) << kNoLandlock;

    int entered[2] = {-1, -1};
    int made[2] = {-1, -1};
    ASSERT_EQ(::pipe(entered), 0);
    ASSERT_EQ(::pipe(made), 0);
    char byte = 'x';
    // The sandboxed process could not do it.
    std::thread remaker{[&] {
        char got = 0;
        if (::read(entered[0], &got, 1) != 1) return;
        fs::remove_all(files_ / "log");
        fs::create_directory(files_ / "log");
        EXPECT_EQ(::write(made[1], &got, 1), 1);
    }};

    const int status = in_child([&] {
        const Sandbox sandbox = Sandbox::enter(configuration_);
        if (!sandbox.objections(configuration_).empty()) return 1;
        if (::write(entered[1], &byte, 1) != 1 || ::read(made[0], &byte, 1) != 1) return 2;
        if (write_to(files_ / "log/access.log") != EACCES) return 3;
        return sandbox.objections(configuration_).size() == 1 ? 0 : 4;
    });
    remaker.join();

    EXPECT_EQ(status, 0);
    for (const int fd : {entered[0], entered[1], made[0], made[1]}) ::close(fd);
}

}  // namespace
}  // namespace countersign::proxy::sandbox
