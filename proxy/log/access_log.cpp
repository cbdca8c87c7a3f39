#include "proxy/log/access_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace countersign::proxy::log {

namespace {

constexpr std::size_t kHandOverSize = std::size_t{64} << 10;
constexpr auto kHandOverEvery = std::chrono::milliseconds{50};
constexpr const char* kOrElse = "log.access may be stdout, stderr, off or another file.";
constexpr int kHow = O_WRONLY | O_APPEND | O_CLOEXEC;

bool is_fifo(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

/// "log.access: /var/log/access.log cannot be opened: …", with what the reader may do.
std::string sentence(const std::string& path, int error) {
    std::string text = "log.access: " + path + " cannot be opened: " + std::strerror(error) + ". ";
    const std::string folder = std::filesystem::absolute(path).parent_path().string();
    const std::string user = "the user that runs this (uid " + std::to_string(::geteuid()) + ")";
    switch (error) {
        case ENOENT:
            return text + "There is no folder " + folder + "; make it.";
        case ENOTDIR:
            return text + folder + " is not a folder.";
        case EISDIR:
            return text + "It is a folder; name a file in it.";
        case ENXIO:
            if (!is_fifo(path)) return text + kOrElse;
            return text + "It is a pipe that nobody reads. Start its reader first, or let " + user +
                   " read it too: then lines wait in it.";
        case EACCES:
        case EPERM:
            return text + "Let " + user + " write there, or use log.access: stdout.";
        default:
            return text + kOrElse;
    }
}

/// As the user that counts when a file is opened.
bool may(const std::string& path, int how) {
    return ::faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0;
}

bool is_file(const std::string& where) {
    return where != "off" && where != "stdout" && where != "stderr";
}

/// What a symbolic link leads to, also where that is not there yet.
std::string target_of(std::string path) {
    std::error_code error;
    for (int links = 0; links < 8; ++links) {
        const std::filesystem::path to = std::filesystem::read_symlink(path, error);
        if (error) break;
        path = (std::filesystem::path{path}.parent_path() / to).string();
    }
    return path;
}

/// The start does not wait for a reader: where there is none, this is one, and lines wait in the
/// pipe until another comes. What it holds is lost with it where none has come by the end.
int open_fifo(const std::string& path) {
    constexpr int kAlways = O_CLOEXEC | O_NONBLOCK;
    const int fd = ::open(path.c_str(), O_WRONLY | kAlways);
    if (fd >= 0 || errno != ENXIO) return fd;
    const int both = ::open(path.c_str(), O_RDWR | kAlways);
    if (both < 0 && errno == EACCES) errno = ENXIO;  // what kept it from being opened at first
    return both;
}

int open_file(const std::string& path) {
    return is_fifo(path) ? open_fifo(path) : ::open(path.c_str(), kHow | O_CREAT, 0640);
}

/// None for "off". Error by exception.
net::UniqueFd open_sink(const std::string& where) {
    if (where == "off") return {};
    net::UniqueFd fd{
        where == "stdout"   ? ::dup(STDOUT_FILENO)
        : where == "stderr" ? ::dup(STDERR_FILENO)
                            : open_file(where)};
    const int error = errno;
    if (!fd) throw std::runtime_error{sentence(target_of(where), error)};
    return fd;
}

}  // namespace

std::string AccessLog::problem(const profiles::LogRules& rules) {
    if (!is_file(rules.access)) return {};
    const std::string path = target_of(rules.access);
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        if (S_ISSOCK(status.st_mode)) return sentence(path, ENXIO);
        // A pipe is not opened: its reader would take that for a writer that came and went.
        if (S_ISFIFO(status.st_mode)) return may(path, W_OK) ? "" : sentence(path, errno);
        const net::UniqueFd fd{::open(path.c_str(), kHow)};
        return fd ? std::string{} : sentence(path, errno);
    }
    if (errno != ENOENT) return sentence(path, errno);
    const std::string folder = std::filesystem::absolute(path).parent_path().string();
    if (::stat(folder.c_str(), &status) != 0) return sentence(path, errno);
    if (!S_ISDIR(status.st_mode)) return sentence(path, ENOTDIR);
    return may(folder, W_OK | X_OK) ? std::string{} : sentence(path, errno);
}

net::UniqueFd AccessLog::open(const profiles::LogRules& rules) { return open_sink(rules.access); }

void AccessLog::go_to(net::UniqueFd fd) {
    const bool on = static_cast<bool>(fd);
    if (on && writer_) {
        writer_->go_to(std::move(fd));
    } else if (on) {
        writer_.emplace(std::move(fd));
        has_writer_.store(true, std::memory_order_release);
    } else if (writer_) {
        writer_->rest();  // workers still have lines for it
    }
    enabled_.store(on, std::memory_order_release);
}

void AccessLog::hand_over(std::string& lines) { writer_->hand_over(lines); }

std::uint64_t AccessLog::dropped_bytes() const {
    return has_writer_.load(std::memory_order_acquire) ? writer_->dropped_bytes() : 0;
}

std::uint64_t AccessLog::finish() { return writer_ ? writer_->finish() : 0; }

AccessLogBuffer::AccessLogBuffer(net::EventLoop& loop, AccessLog& log) : loop_{loop}, log_{log} {}

AccessLogBuffer::~AccessLogBuffer() {
    loop_.timers().remove(*this);
    if (!lines_.empty()) log_.hand_over(lines_);
}

void AccessLogBuffer::add(const ExchangeRecord& record, const profiles::LogRules& rules) {
    if (lines_.capacity() < kHandOverSize) reserve_for_backlog(lines_);
    append_access_line(lines_, record, rules);
    if (lines_.size() >= kHandOverSize) {
        log_.hand_over(lines_);
    } else if (!queued()) {
        loop_.timers().set(*this, loop_.now() + kHandOverEvery);
    }
}

void AccessLogBuffer::expired() {
    if (!lines_.empty()) log_.hand_over(lines_);
}

}  // namespace countersign::proxy::log
