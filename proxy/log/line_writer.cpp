#include "proxy/log/line_writer.hpp"

#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace countersign::proxy::log {

namespace {

using Clock = std::chrono::steady_clock;

/// A string that held more than this held a backlog.
constexpr std::size_t kReserved = std::size_t{128} << 10;
/// How long a stop waits for a sink that takes nothing.
constexpr auto kGrace = std::chrono::seconds{1};
/// Above the grace: a write that was begun although it blocks is not waited for any longer.
constexpr auto kPatience = kGrace + std::chrono::milliseconds{500};
constexpr int kPollMilliseconds = 100;
/// Far above the time for which workers keep their lines.
constexpr auto kQuiet = std::chrono::seconds{1};

bool is_regular(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

void reserve_for_backlog(std::string& lines) { lines.reserve(LineWriter::kMaxPending); }

struct LineWriter::State {
    explicit State(net::UniqueFd descriptor)
        : fd{std::move(descriptor)}, regular{is_regular(fd.get())} {
        reserve_for_backlog(pending);
    }

    void run();
    bool write_out(std::string_view bytes);
    bool wait_for_room();
    bool gives_up() const;
    void took(std::size_t bytes);
    void switch_over();
    void wait_for_work(std::unique_lock<std::mutex>& lock);

    // The thread's.
    net::UniqueFd fd;
    bool regular;           ///< a file, whose writes do not block for long
    bool cut_line = false;  ///< the last line that went out did not go out whole

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::string pending;
    std::uint64_t in_hand = 0;  ///< of the lines that the thread has taken, what is not written yet
    std::uint64_t dropped = 0;
    bool stopping = false;
    Clock::time_point stopping_since;
    bool switching = false;  ///< to `next`
    Clock::time_point switching_since;
    net::UniqueFd next;
    bool resting = false;  ///< closes `fd` when nothing has come for kQuiet
    Clock::time_point resting_since;
    bool ended = false;  ///< the thread, or that it was given up
    std::thread thread;
};

LineWriter::LineWriter(net::UniqueFd fd) : state_{std::make_shared<State>(std::move(fd))} {
    state_->thread = std::thread{[state = state_] { state->run(); }};
}

LineWriter::~LineWriter() { finish(); }

void LineWriter::hand_over(std::string& lines) {
    State& state = *state_;
    {
        const std::lock_guard lock{state.mutex};
        if (state.stopping || state.pending.size() + lines.size() > kMaxPending) {
            state.dropped += lines.size();
        } else if (state.pending.empty()) {
            state.pending.swap(lines);
        } else {
            state.pending += lines;
        }
    }
    lines.clear();
    state.changed.notify_all();
}

void LineWriter::add(std::string_view line) {
    State& state = *state_;
    {
        const std::lock_guard lock{state.mutex};
        if (state.stopping || state.pending.size() + line.size() > kMaxPending) {
            state.dropped += line.size();
        } else {
            state.pending += line;
        }
    }
    state.changed.notify_all();
}

void LineWriter::go_to(net::UniqueFd fd) {
    State& state = *state_;
    {
        const std::lock_guard lock{state.mutex};
        state.next = std::move(fd);
        if (!state.switching) state.switching_since = Clock::now();
        state.switching = true;
        state.resting = false;
    }
    state.changed.notify_all();
}

void LineWriter::rest() {
    {
        const std::lock_guard lock{state_->mutex};
        if (!state_->resting) state_->resting_since = Clock::now();
        state_->resting = true;
    }
    state_->changed.notify_all();
}

std::uint64_t LineWriter::dropped_bytes() const {
    const std::lock_guard lock{state_->mutex};
    return state_->dropped;
}

/// Two writers may share a pipe (stdout and stderr of a container), and fill it for each other
/// between a look and a write: such a write blocks, and is left behind.
std::uint64_t LineWriter::finish() {
    State& state = *state_;
    std::unique_lock lock{state.mutex};
    if (!state.stopping) {
        state.stopping = true;
        state.stopping_since = Clock::now();
        state.changed.notify_all();
        if (!state.changed.wait_for(lock, kPatience, [&] { return state.ended; })) {
            state.dropped += state.in_hand + state.pending.size();
            state.pending.clear();
            state.ended = true;
            state.thread.detach();
        } else {
            lock.unlock();
            state.thread.join();
            lock.lock();
        }
    }
    return state.dropped;
}

void LineWriter::State::run() {
    std::string lines;
    reserve_for_backlog(lines);
    std::unique_lock lock{mutex};
    for (;;) {
        wait_for_work(lock);
        if (switching && !fd) switch_over();  // nothing was for none
        const bool switches = switching;      // what is pending was for the old one
        if (pending.empty() && !switches) {
            if (stopping) break;
            continue;
        }
        lines.swap(pending);
        in_hand = lines.size();
        lock.unlock();
        const bool written = write_out(lines);
        const bool backlog = lines.size() > kReserved;
        lines.clear();
        if (backlog) {
            // Its pages go back to the system, by this thread and not by who has the next line.
            std::string{}.swap(lines);  // what an assignment would keep
            reserve_for_backlog(lines);
        }
        lock.lock();
        if (ended) return;  // given up: all was counted
        if (!written) dropped += in_hand;
        in_hand = 0;
        if (switches || (!written && switching)) {
            switch_over();
        } else if (!written && stopping) {
            // Nobody takes it: what came meanwhile neither.
            dropped += pending.size();
            pending.clear();
        }
    }
    ended = true;
    lock.unlock();
    changed.notify_all();
}

void LineWriter::State::wait_for_work(std::unique_lock<std::mutex>& lock) {
    const auto has_work = [this] { return stopping || switching || !pending.empty(); };
    changed.wait(lock, [&] { return has_work() || resting; });
    if (!resting || changed.wait_for(lock, kQuiet, has_work)) return;
    fd.reset();
    resting = false;
    changed.wait(lock, has_work);
}

void LineWriter::State::switch_over() {
    fd = std::move(next);
    regular = is_regular(fd.get());
    cut_line = false;
    switching = false;
}

/// False where nobody takes the bytes any more; what is left then is in `in_hand`.
bool LineWriter::State::write_out(std::string_view bytes) {
    // After a part of a line the next one would go on in it.
    if (cut_line && !regular && !wait_for_room()) return false;
    if (cut_line && ::write(fd.get(), "\n", 1) == 1) cut_line = false;
    while (!bytes.empty()) {
        if (!regular && !wait_for_room()) return false;
        // A pipe that polls writable has room for PIPE_BUF bytes: no write that could block.
        const std::string_view piece = regular ? bytes : bytes.substr(0, PIPE_BUF);
        const ssize_t written = ::write(fd.get(), piece.data(), piece.size());
        if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (written < 0) return false;
        const auto size = static_cast<std::size_t>(written);
        if (size > 0) cut_line = piece[size - 1] != '\n';
        bytes.remove_prefix(size);
        took(size);
    }
    return true;
}

/// Whether a stop, a change to another descriptor, or a rest has waited for long enough.
bool LineWriter::State::gives_up() const {
    const Clock::time_point now = Clock::now();
    return (stopping && now - stopping_since > kGrace) ||
           (switching && now - switching_since > kGrace) ||
           (resting && now - resting_since > kGrace);
}

/// False where there is none until `gives_up`, or this was given up itself.
bool LineWriter::State::wait_for_room() {
    while (fd) {
        pollfd waiting{fd.get(), POLLOUT, 0};
        const bool room = ::poll(&waiting, 1, kPollMilliseconds) > 0;
        const std::lock_guard lock{mutex};
        if (ended) return false;
        if (room) return true;
        if (gives_up()) return false;
    }
    return false;
}

void LineWriter::State::took(std::size_t bytes) {
    const std::lock_guard lock{mutex};
    in_hand -= bytes;
    // Who takes some, if slowly, is waited for; a stop alone has an end.
    if (switching || resting) switching_since = resting_since = Clock::now();
}

}  // namespace countersign::proxy::log
