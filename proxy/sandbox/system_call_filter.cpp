#include "proxy/sandbox/system_call_filter.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace countersign::proxy::sandbox {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kProcessor = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kProcessor = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kProcessor = 0;  // its numbers were never looked at
#endif

/// Those whose number is this or more are of x32, on x86-64; nowhere else are there so many.
constexpr std::uint32_t kX32 = 0x40000000;

/// What an exchange is made of. The kernel keeps in mind which calls a filter lets through whatever
/// their arguments (since 5.11); an older one asks it each time, and these are answered first.
constexpr auto kOften = std::to_array<std::uint32_t>({
#ifdef SYS_epoll_wait
    SYS_epoll_wait,
#endif
    SYS_epoll_pwait, SYS_epoll_ctl, SYS_recvfrom, SYS_sendto, SYS_recvmsg, SYS_sendmsg, SYS_read,
    SYS_write, SYS_futex, SYS_close, SYS_accept4});

constexpr auto kRefused = std::to_array<std::uint32_t>(
    {// Programs and processes. `clone` makes threads; clone3 stands below.
     SYS_execve, SYS_execveat,
#ifdef SYS_fork
     SYS_fork, SYS_vfork,
#endif
     // Other processes.
     SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_kcmp,
     SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo,
     SYS_rt_tgsigqueueinfo, SYS_move_pages, SYS_migrate_pages,
     // Who it is: that was settled before.
     SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid,
     SYS_setfsgid, SYS_setgroups, SYS_capset,
     // File systems and name spaces.
     SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount, SYS_open_tree, SYS_fsopen,
     SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_unshare, SYS_setns,
     SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_quotactl, SYS_quotactl_fd, SYS_fanotify_init,
#ifdef SYS_mknod
     SYS_mknod,
#endif
     SYS_mknodat,
     // The kernel and the machine.
     SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
#ifdef SYS_kexec_file_load
     SYS_kexec_file_load,
#endif
     SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_syslog, SYS_sethostname, SYS_setdomainname,
     SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_vhangup,
#ifdef SYS_iopl
     SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
     SYS_personality,
     // Much code of the kernel's that has nothing to do here.
     SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter,
     SYS_io_uring_register, SYS_keyctl, SYS_add_key, SYS_request_key}
);

constexpr std::uint32_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                      CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

constexpr std::uint32_t kNumber = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArchitecture = offsetof(seccomp_data, arch);
/// Its lower half: both processors are little endian.
constexpr std::uint32_t kFirstArgument = offsetof(seccomp_data, args);

constexpr std::uint32_t failing_with(int error) {
    return SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
}

constexpr sock_filter load(std::uint32_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}
constexpr sock_filter answer(std::uint32_t with) { return BPF_STMT(BPF_RET | BPF_K, with); }
/// Skips `then` instructions where the loaded value compares so with `value`, else `otherwise`.
constexpr sock_filter skip(
    std::uint16_t comparison, std::uint32_t value, std::uint8_t then, std::uint8_t otherwise
) {
    return BPF_JUMP(
        static_cast<std::uint16_t>(BPF_JMP | BPF_K | comparison), value, then, otherwise
    );
}

std::vector<sock_filter> program() {
    std::vector<sock_filter> code{
        load(kArchitecture), skip(BPF_JEQ, kProcessor, 1, 0), answer(failing_with(EPERM)),
        load(kNumber)};
    const auto answer_where =
        [&code](std::uint16_t comparison, std::uint32_t value, std::uint32_t with) {
            code.push_back(skip(comparison, value, 0, 1));
            code.push_back(answer(with));
        };
    answer_where(BPF_JGE, kX32, failing_with(EPERM));
    for (const std::uint32_t call : kOften) answer_where(BPF_JEQ, call, SECCOMP_RET_ALLOW);
    for (const std::uint32_t call : kRefused) answer_where(BPF_JEQ, call, failing_with(EPERM));
    // A filter cannot look at its arguments; the C library takes `clone` then.
    answer_where(BPF_JEQ, SYS_clone3, failing_with(ENOSYS));
    code.insert(
        code.end(),
        {skip(BPF_JEQ, SYS_clone, 1, 0), answer(SECCOMP_RET_ALLOW), load(kFirstArgument),
         skip(BPF_JSET, kNamespaces, 2, 0), skip(BPF_JSET, CLONE_THREAD, 0, 1),
         answer(SECCOMP_RET_ALLOW), answer(failing_with(EPERM))}
    );
    return code;
}

}  // namespace

FilterState refuse_system_calls() {
    if (kProcessor == 0) return {0, "its list is not made for this processor"};
    std::vector<sock_filter> code = program();
    const sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};
    // Kernels before 5.16 make all memory accesses of a process with a filter slower unless they
    // are told that it runs nobody else's code.
    for (const unsigned flags : {unsigned{SECCOMP_FILTER_FLAG_SPEC_ALLOW}, 0U}) {
        if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter) == 0)
            return {kRefused.size(), {}};
        if (errno != EINVAL) break;
    }
    if (errno == ENOSYS || errno == EINVAL) return {0, "the kernel has none"};
    return {0, std::string{"the kernel refuses it: "} + std::strerror(errno)};
}

}  // namespace countersign::proxy::sandbox
