#include "proxy/access_log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace countersign::proxy {

namespace {

constexpr std::size_t kMaxPending = std::size_t{16} << 20;
constexpr std::size_t kHandOverSize = std::size_t{64} << 10;
/// The strings that go round between workers and writer are this large from the start, so that none
/// has to grow.
constexpr std::size_t kReserved = 2 * kHandOverSize;
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

/// False where nobody takes the bytes any more.
bool write_out(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) {
            // Somebody made our stdout non-blocking, as terminals' other users do.
            pollfd waiting{fd, POLLOUT, 0};
            ::poll(&waiting, 1, 1000);
            continue;
        }
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

AccessLog::AccessLog(const profiles::LogRules& rules)
    : rules_{rules}, fd_{open_sink(rules.access)} {
    if (!enabled()) return;
    pending_.reserve(kReserved);
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
        } else if (pending_.empty()) {
            pending_.swap(lines);
        } else {
            pending_ += lines;
        }
    }
    lines.clear();
    wake_.notify_one();
}

std::uint64_t AccessLog::dropped_bytes() const {
    const std::lock_guard lock{mutex_};
    return dropped_;
}

void AccessLog::write_lines() {
    std::string lines;
    lines.reserve(kReserved);
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
        if (pending_.empty()) return;
        lines.swap(pending_);
        lock.unlock();
        const bool written = write_out(fd_, lines);
        lock.lock();
        if (!written) dropped_ += lines.size();
        lines.clear();
        // The two strings change places from batch to batch: their capacity is kept.
        if (pending_.empty()) pending_.swap(lines);
    }
}

AccessLogBuffer::AccessLogBuffer(Reactor& reactor, AccessLog& log) : reactor_{reactor}, log_{log} {
    if (enabled()) lines_.reserve(kReserved);
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
