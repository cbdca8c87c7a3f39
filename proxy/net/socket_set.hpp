#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <vector>

#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::net {

/// What has happened at a socket.
class SocketEvents {
public:
    explicit SocketEvents(std::uint32_t bits) : bits_{bits} {}

    /// A read would find something: bytes, an end, or an error.
    bool readable() const { return has(EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR); }
    /// A write would not have to wait, be it that it fails.
    bool writable() const { return has(EPOLLOUT | EPOLLHUP | EPOLLERR); }
    /// The other side has closed its half, or more.
    bool peer_closed() const { return has(EPOLLRDHUP | EPOLLHUP | EPOLLERR); }
    /// The connection is gone as a whole.
    bool hung_up() const { return has(EPOLLHUP | EPOLLERR); }

private:
    bool has(std::uint32_t bits) const { return (bits_ & bits) != 0; }

    std::uint32_t bits_;
};

/// A socket in a set, as the set sees it.
class EventSource {
public:
    /// The source may destroy itself.
    virtual void on_events(SocketEvents events) = 0;

protected:
    ~EventSource() = default;

    /// What the next event will touch first beside the source itself, or null: a hint, never
    /// followed.
    const void* first_touched_ = nullptr;

private:
    friend class SocketSet;
};

/// The sockets of a worker's exchanges, in one epoll set that is itself one descriptor of Asio's
/// (README, "One set for the sockets"). epoll is used here alone, and nobody outside this folder
/// names the set: there, sockets are Descriptors. Each is registered once, edge triggered for
/// everything, and never modified again: a wait costs no system call, whether it finds its socket
/// ready or not. But listeners are level triggered, so that nobody has to find out that no more
/// wait there.
class SocketSet {
public:
    SocketSet();
    ~SocketSet();
    SocketSet(const SocketSet&) = delete;
    SocketSet& operator=(const SocketSet&) = delete;

    /// Readable while there is something to tell.
    int fd() const { return epoll_.get(); }

    /// Throws std::system_error where it cannot be watched.
    void add(int fd, EventSource& source);
    void add_listener(int fd, EventSource& source);
    /// Whether the source of a listener is told of who waits there, in each round.
    void listen(int fd, EventSource& source, bool is_told);
    /// Before `fd` is closed, which takes it out of the set: drops what would still be told.
    void remove(const EventSource& source);
    /// Other processes or workers may hold a listener, too: closing one does not take it out.
    void remove_listener(int fd, const EventSource& source);

    /// Asks the kernel what has happened by now, and, where that is nothing, waits for it at most
    /// so long, in milliseconds. False where there is nothing to tell.
    bool look(int patience = 0);
    /// Tells it to the sources. What is more than one round holds is there at the next look.
    void tell();
    /// From any thread: a look that is under way, or the next one, does not wait.
    void wake();
    /// Whether the source was told all that had come for it by the last look.
    bool has_told(const EventSource& source) const;

private:
    void control(int operation, int fd, EventSource& source, std::uint32_t events);
    void warm_up_next() const;

    UniqueFd epoll_;
    UniqueFd wake_up_;
    std::vector<epoll_event> events_;
    int next_event_ = 0;
    int event_count_ = 0;
};

}  // namespace countersign::proxy::net
