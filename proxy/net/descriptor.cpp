#include "proxy/net/descriptor.hpp"

#include <algorithm>
#include <utility>

namespace countersign::proxy::net {

Descriptor::Descriptor(EventLoop& loop, UniqueFd fd, Of of)
    : Cancellable{loop}, fd_{std::move(fd)}, of_{of} {
    if (of_ == Of::listener) {
        loop.sockets_.add_listener(fd_.get(), *this);
    } else {
        loop.sockets_.add(fd_.get(), *this);
    }
}

Descriptor::~Descriptor() {
    loop().timers().remove(*this);
    if (of_ == Of::listener) {
        loop().sockets_.remove_listener(fd_.get(), *this);
    } else {
        loop().sockets_.remove(*this);
    }
    if (alive_ != nullptr) *alive_ = false;
}

void Descriptor::resume_reader(Wait result) {
    read_result_ = result;
    read_deadline_ = kNever;
    std::exchange(read_waiter_, {}).resume();
}

void Descriptor::resume_writer(Wait result) {
    write_result_ = result;
    write_deadline_ = kNever;
    std::exchange(write_waiter_, {}).resume();
}

void Descriptor::on_events(SocketEvents events) {
    const bool news = events.readable();
    if (news) readable_ = true;
    if (events.writable()) writable_ = true;
    if (events.peer_closed()) peer_closed_ = true;
    if (events.hung_up()) hung_up_ = true;

    bool alive = true;
    bool* outer = std::exchange(alive_, &alive);
    if (read_waiter_ && readable_) resume_reader(outcome(true));
    if (alive && write_waiter_ && has_for_writer()) resume_writer(outcome(true));
    if (alive && news && watcher_ != nullptr) watcher_->on_idle_event(false);
    if (alive) {
        alive_ = outer;
    } else if (outer != nullptr) {
        *outer = false;
    }
}

void Descriptor::cancel() {
    cancelled_ = true;
    if (waiting()) loop().timers().set(*this, loop().now());
}

void Descriptor::watch_idle(IdleWatcher* watcher, TimePoint deadline) {
    watcher_ = watcher;
    read_deadline_ = deadline;
    arm(deadline);
}

void Descriptor::expired() {
    const TimePoint now = loop().now();
    const bool cancelled = is_cancelled();
    const Wait why = outcome(false);
    const bool reader_late = read_waiter_ && (cancelled || read_deadline_ <= now);
    const bool writer_late = write_waiter_ && (cancelled || write_deadline_ <= now);
    const bool watcher_late = watcher_ != nullptr && !read_waiter_ && read_deadline_ <= now;
    // The timer fired early for what still waits: set it again before anyone runs who might destroy
    // this.
    TimePoint next = kNever;
    if ((read_waiter_ || watcher_ != nullptr) && !reader_late && !watcher_late)
        next = read_deadline_;
    if (write_waiter_ && !writer_late) next = std::min(next, write_deadline_);
    arm(next);

    bool alive = true;
    bool* outer = std::exchange(alive_, &alive);
    if (reader_late) resume_reader(why);
    // The reader may have ended the writer's wait, or a new one may have begun.
    if (alive && writer_late && write_waiter_ && (cancelled || write_deadline_ <= now)) {
        resume_writer(why);
    }
    if (alive && watcher_late && watcher_ != nullptr) watcher_->on_idle_event(true);
    if (alive) {
        alive_ = outer;
    } else if (outer != nullptr) {
        *outer = false;
    }
}

}  // namespace countersign::proxy::net
