#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace countersign::tests {
namespace {

using std::chrono::milliseconds;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error{errno, std::generic_category(), what};
}

FileDescriptor memory_file(const char* name) {
    FileDescriptor file{memfd_create(name, MFD_CLOEXEC)};
    if (!file) fail("memfd_create");
    return file;
}

std::string content(const FileDescriptor& file) {
    struct stat status {};
    if (fstat(file.get(), &status) != 0) fail("fstat");
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t got = pread(file.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text{*entry};
        if (!added.contains(text.substr(0, text.find('=')))) result.push_back(text);
    }
    for (const auto& [name, value] : added) result.push_back(name + "=" + value);
    return result;
}

/// What the child does between fork and exec: only calls that are safe there.
struct ChildSetup {
    const char* directory;
    int output;
    int errors;
    const std::vector<int>& inherited;
    char* const* argv;
    char* const* environment;

    [[noreturn]] void run() const {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        signal(SIGPIPE, SIG_DFL);
        const int nothing = open("/dev/null", O_RDONLY);
        bool ready = nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(output, 1) >= 0 &&
                     dup2(errors, 2) >= 0 && (*directory == '\0' || chdir(directory) == 0);
        for (const int fd : inherited) ready = ready && fcntl(fd, F_SETFD, 0) == 0;
        if (ready) execvpe(argv[0], argv, environment);
        _exit(127);
    }
};

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

FileDescriptor::~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
}

Process::Process(std::vector<std::string> argv, const Options& options)
    : output_{memory_file("stdout")}, errors_{memory_file("stderr")} {
    auto environment = environment_with(options.environment);
    const auto argv_pointers = pointers(argv);
    const auto environment_pointers = pointers(environment);
    const ChildSetup child{
        options.directory.c_str(), output_.get(),        errors_.get(),
        options.inherited,         argv_pointers.data(), environment_pointers.data()};
    pid_ = fork();
    if (pid_ < 0) fail("fork");
    if (pid_ == 0) child.run();
    watch_ = FileDescriptor{static_cast<int>(syscall(SYS_pidfd_open, pid_, 0))};
    if (!watch_) fail("pidfd_open");
}

Process::~Process() {
    if (status_ || pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);  // where it has not come to make its own group yet
    waitpid(pid_, nullptr, 0);
}

std::string Process::output() const { return content(output_); }
std::string Process::errors() const { return content(errors_); }

void Process::send_signal(int signal) const {
    if (!status_) kill(pid_, signal);
}

std::optional<int> Process::wait_for_exit(milliseconds limit) {
    if (status_) return status_;
    pollfd poll_for{watch_.get(), POLLIN, 0};
    if (poll(&poll_for, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
    int status = 0;
    if (waitpid(pid_, &status, 0) != pid_) fail("waitpid");
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return status_;
}

std::chrono::nanoseconds Process::cpu_time() const {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) {
        throw std::runtime_error{"the process has ended: its CPU time is not known any more"};
    }
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

std::size_t Process::peak_memory_bytes() const {
    std::ifstream file{"/proc/" + std::to_string(pid_) + "/status"};
    for (std::string word; file >> word;) {
        if (word != "VmHWM:") continue;
        std::size_t kibibytes = 0;
        file >> kibibytes;
        return kibibytes * 1024;
    }
    throw std::runtime_error{"the process has ended: its memory is not known any more"};
}

std::string run(std::vector<std::string> argv, const Process::Options& options) {
    const std::string name = argv.at(0);
    Process process{std::move(argv), options};
    const auto status = process.wait_for_exit(std::chrono::seconds{60});
    if (status == 0) return process.output();
    throw std::runtime_error{
        name + (status ? " failed with status " + std::to_string(*status) : " did not end") +
        ":\n" + process.errors() + process.output()};
}

void pause_between_looks() { poll(nullptr, 0, 2); }

void fail_waiting(const std::string& what) {
    throw std::runtime_error{"time is over, still waiting: " + what};
}

}  // namespace countersign::tests
