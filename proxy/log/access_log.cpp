#include "proxy/log/access_log.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace countersign::proxy {

namespace {

constexpr std::size_t kMaxPending = std::size_t{16} << 20;
constexpr std::size_t kHandOverSize = std::size_t{64} << 10;
/// More than a worker hands over, with one long line: a string that held it held a backlog.
constexpr std::size_t kReserved = 2 * kHandOverSize;
/// How long a stop waits for a sink that takes nothing.
constexpr auto kGrace = std::chrono::seconds{1};
constexpr auto kHandOverEvery = std::chrono::milliseconds{50};

int open_sink(const std::string& where) {
    if (where == "off") return -1;
    const int fd = where == "stdout" ? ::dup(STDOUT_FILENO)
                   : where == "stderr"
                       ? ::dup(STDERR_FILENO)
                       : ::open(where.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) throw std::system_error{errno, std::generic_category(), "access log " + where};
    return fd;
}

/// Address space for all that may ever be pending: a worker that hands over while the sink is slow
/// never has to grow it. Pages that no line was written to cost no memory. Workers and writer swap
/// their strings, so each of them has it.
void reserve_for_backlog(std::string& lines) { lines.reserve(kMaxPending); }

bool is_regular(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

AccessLog::AccessLog(const profiles::LogRules& rules)
    : rules_{rules}, fd_{open_sink(rules.access)} {
    if (!enabled()) return;
    regular_ = is_regular(fd_);
    reserve_for_backlog(pending_);
    writer_ = std::thread{[this] { write_lines(); }};
}

AccessLog::~AccessLog() {
    if (!enabled()) return;
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    writer_.join();
    ::close(fd_);
}

void AccessLog::hand_over(std::string& lines) {
    {
        const std::lock_guard lock{mutex_};
        if (pending_.size() + lines.size() > kMaxPending) {
            dropped_ += lines.size();
        } else {
            if (pending_.empty()) {
                pending_.swap(lines);
            } else {
                pending_ += lines;
            }
        }
    }
    lines.clear();
    wake_.notify_one();
}

std::uint64_t AccessLog::dropped_bytes() const {
    const std::lock_guard lock{mutex_};
    return dropped_;
}

bool AccessLog::past_grace(TimePoint& since) const {
    const std::lock_guard lock{mutex_};
    if (!stopping_) return false;
    if (since == kNever) since = Clock::now();
    return Clock::now() - since > kGrace;
}

/// False where nobody takes the bytes any more. A pipe or a terminal that nobody reads holds up
/// this thread, never longer than the grace once the proxy stops: no write is begun that could
/// block (a pipe that polls writable has room for PIPE_BUF bytes).
bool AccessLog::write_out(std::string_view bytes) {
    TimePoint stopping_since = kNever;
    while (!bytes.empty()) {
        std::string_view piece = bytes;
        if (!regular_) {
            piece = bytes.substr(0, PIPE_BUF);
            pollfd waiting{fd_, POLLOUT, 0};
            if (::poll(&waiting, 1, 100) == 0) {
                if (past_grace(stopping_since)) return false;
                continue;
            }
        }
        const ssize_t written = ::write(fd_, piece.data(), piece.size());
        if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void AccessLog::write_lines() {
    std::string lines;
    reserve_for_backlog(lines);
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
        if (pending_.empty()) return;
        lines.swap(pending_);
        lock.unlock();
        const bool written = write_out(lines);
        lock.lock();
        if (!written) dropped_ += lines.size();
        if (lines.size() > kReserved) {
            // A backlog's pages go back to the system, by this thread and not by a worker.
            lock.unlock();
            lines = {};
            reserve_for_backlog(lines);
            lock.lock();
        }
        lines.clear();
    }
}

AccessLogBuffer::AccessLogBuffer(Reactor& reactor, AccessLog& log) : reactor_{reactor}, log_{log} {
    if (enabled()) reserve_for_backlog(lines_);
}

AccessLogBuffer::~AccessLogBuffer() {
    reactor_.timers().remove(*this);
    if (!lines_.empty()) log_.hand_over(lines_);
}

void AccessLogBuffer::add(const AccessRecord& record) {
    append_access_line(lines_, record, log_.rules());
    if (lines_.size() >= kHandOverSize) {
        log_.hand_over(lines_);
    } else if (!queued()) {
        reactor_.timers().set(*this, reactor_.now() + kHandOverEvery);
    }
}

void AccessLogBuffer::expired() {
    if (!lines_.empty()) log_.hand_over(lines_);
}

}  // namespace countersign::proxy
