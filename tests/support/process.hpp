#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::tests {

/// How long a test waits for what must happen; generous, for sanitizers on a busy machine.
inline constexpr std::chrono::milliseconds kPatience{40'000};

/// An open file that is closed when it goes.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_{fd} {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// A child process with its output captured in memory. It has a process group of its own, which is
/// killed when the object goes; when the test dies, it is told to end. What the system refuses
/// throws std::runtime_error: a test cannot go on without it.
class Process {
public:
    struct Options {
        std::map<std::string, std::string> environment = {};  ///< added to the test's own
        std::filesystem::path directory = {};                 ///< empty: the test's own
        std::vector<int> inherited =
            {};  ///< descriptors that the child gets, under the same numbers
    };

    /// `argv[0]` is looked up in PATH.
    explicit Process(std::vector<std::string> argv) : Process{std::move(argv), Options{}} {}
    Process(std::vector<std::string> argv, const Options& options);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    pid_t pid() const { return pid_; }

    /// What it has written so far.
    std::string output() const;
    std::string errors() const;

    void send_signal(int signal) const;

    /// The exit status, or 128 + the signal that ended it; nullopt where it still runs when the
    /// time is over.
    std::optional<int> wait_for_exit(std::chrono::milliseconds limit = kPatience);
    bool running() { return !wait_for_exit(std::chrono::milliseconds{0}); }

    /// What all its threads have computed so far. Throws when it has ended.
    std::chrono::nanoseconds cpu_time() const;
    /// The most memory it has held at any time (VmHWM). Throws when it has ended.
    std::size_t peak_memory_bytes() const;

private:
    pid_t pid_ = -1;
    FileDescriptor watch_;  ///< readable when the child has ended
    FileDescriptor output_;
    FileDescriptor errors_;
    std::optional<int> status_;
};

/// Runs a command to its end and gives its standard output. Throws, with what it printed, where it
/// fails.
std::string run(std::vector<std::string> argv, const Process::Options& options = {});

/// Asks until the answer is yes; throws `what` when the time is over.
template <class Condition>
void wait_until(
    const std::string& what, Condition condition, std::chrono::milliseconds limit = kPatience
);

/// A short pause between two looks at a condition.
void pause_between_looks();
[[noreturn]] void fail_waiting(const std::string& what);

template <class Condition>
void wait_until(const std::string& what, Condition condition, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) fail_waiting(what);
        pause_between_looks();
    }
}

}  // namespace countersign::tests
