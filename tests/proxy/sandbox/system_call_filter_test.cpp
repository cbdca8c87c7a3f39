#include "proxy/sandbox/system_call_filter.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <netdb.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>

#include "tests/proxy/sandbox/in_child.hpp"

namespace countersign::proxy::sandbox {
namespace {

/// errno after a call; 0: it worked. A process that it makes ends at once.
template <class... Arguments>
int error_of(long number, Arguments... arguments) {
    const long got = ::syscall(number, arguments...);
    if (got == 0 && (number == SYS_clone || number == SYS_clone3)) ::_exit(0);
    return got < 0 ? errno : 0;
}

bool refuse() {
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && refuse_system_calls().refused > 0;
}

struct Call {
    std::string_view name;
    int (*make)();
    int error = EPERM;
};

std::ostream& operator<<(std::ostream& out, const Call& call) { return out << call.name; }

const char* const kNoArguments[] = {nullptr};

const Call kCalls[] = {
    {"execve", [] { return error_of(SYS_execve, "/bin/true", kNoArguments, kNoArguments); }},
    {"execveat",
     [] { return error_of(SYS_execveat, AT_FDCWD, "/bin/true", kNoArguments, kNoArguments, 0); }},
#ifdef SYS_fork
    {"fork",
     [] {
         const long child = ::syscall(SYS_fork);
         if (child == 0) ::_exit(0);
         return child < 0 ? errno : 0;
     }},
#endif
    {"clone", [] { return error_of(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
    {"clone_into_a_network",
     [] {
         const auto flags = CLONE_NEWNET | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
         return error_of(SYS_clone, flags, 0, 0, 0, 0);
     }},
    {"clone3",
     [] {
         clone_args arguments{};
         arguments.exit_signal = SIGCHLD;
         return error_of(SYS_clone3, &arguments, sizeof arguments);
     },
     ENOSYS},
    {"ptrace", [] { return error_of(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0); }},
    {"kill", [] { return error_of(SYS_kill, ::getppid(), 0); }},
    {"process_vm_readv",
     [] { return error_of(SYS_process_vm_readv, ::getpid(), nullptr, 0, nullptr, 0, 0); }},
    {"setuid", [] { return error_of(SYS_setuid, ::getuid()); }},
    {"capset", [] { return error_of(SYS_capset, nullptr, nullptr); }},
    {"mount", [] { return error_of(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }},
    {"chroot", [] { return error_of(SYS_chroot, "/"); }},
    {"unshare", [] { return error_of(SYS_unshare, 0); }},
    {"setns", [] { return error_of(SYS_setns, -1, 0); }},
    {"open_by_handle_at", [] { return error_of(SYS_open_by_handle_at, -1, nullptr, 0); }},
    {"finit_module", [] { return error_of(SYS_finit_module, -1, "", 0); }},
    {"kexec_load", [] { return error_of(SYS_kexec_load, 0, 0, nullptr, ~0UL); }},
    {"reboot", [] { return error_of(SYS_reboot, 0, 0, 0, nullptr); }},
    {"clock_settime", [] { return error_of(SYS_clock_settime, 0, nullptr); }},
    {"personality", [] { return error_of(SYS_personality, 0xffffffffUL); }},
    {"bpf", [] { return error_of(SYS_bpf, 0, nullptr, 0); }},
    {"perf_event_open", [] { return error_of(SYS_perf_event_open, nullptr, 0, -1, -1, 0UL); }},
    {"userfaultfd", [] { return error_of(SYS_userfaultfd, ~0UL); }},
    {"io_uring_setup", [] { return error_of(SYS_io_uring_setup, 0, nullptr); }},
    {"keyctl", [] { return error_of(SYS_keyctl, 0, 0, 0, 0, 0); }},
#ifdef __x86_64__
    {"x32", [] { return error_of(0x40000000L + SYS_getpid); }},
#endif
};

/// Root as it is outside of a container, which has a filter and rights of its own.
bool may_do_anything() {
    return ::geteuid() == 0 && ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0 &&
           ::prctl(PR_CAPBSET_READ, CAP_SYS_BOOT, 0, 0, 0) == 1;
}

class RefusedCall : public testing::TestWithParam<Call> {};

// Root gets another answer without the filter, or an answer at all: so the error is the filter's.
TEST_P(RefusedCall, FailsByTheFilterAlone) {
    const Call& call = GetParam();
    const int refused = in_child([&] { return refuse() ? call.make() : 201; });
    EXPECT_EQ(refused, call.error);

    if (may_do_anything() && call.name != "x32") {
        EXPECT_NE(in_child([&] { return call.make(); }), call.error);
    }
}

INSTANTIATE_TEST_SUITE_P(
    SystemCallFilter, RefusedCall, testing::ValuesIn(kCalls),
    [](const auto& one) { return std::string{one.param.name}; }
);

TEST(SystemCallFilter, LetsThreadsRunAndNamesBeLookedUp) {
    const int status = in_child([] {
        if (!refuse()) return 1;
        int found = 2;
        std::thread thread{[&found] {
            addrinfo* all = nullptr;
            found = ::getaddrinfo("localhost", "80", nullptr, &all) == 0 ? 0 : 3;
            if (all != nullptr) ::freeaddrinfo(all);
        }};
        thread.join();
        return found;
    });

    EXPECT_EQ(status, 0);
}

TEST(SystemCallFilter, HoldsInThreadsThatAreMadeLater) {
    const int status = in_child([] {
        if (!refuse()) return 201;
        int error = 0;
        std::thread thread{[&error] { error = error_of(SYS_unshare, 0); }};
        thread.join();
        return error;
    });

    EXPECT_EQ(status, EPERM);
}

}  // namespace
}  // namespace countersign::proxy::sandbox
