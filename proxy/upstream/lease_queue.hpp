#pragma once

#include <cstddef>
#include <cstdint>
#include <list>

namespace countersign::proxy::upstream {

/// Which connection an exchange takes.
enum class Wish : std::uint8_t {
    any,    ///< what comes first: one that becomes free, or a new one
    fresh,  ///< one that nobody has used: the request has just failed on one that had rested
};

/// Whose exchange it is, where connections are scarce: see `routing::share_of`. 0: nobody's in
/// particular.
using ClientShare = std::uint64_t;

/// What a queue knows of an exchange that stands in it.
struct QueuedExchange {
    QueuedExchange(Wish what, ClientShare whose) : wish{what}, client{whose} {}
    QueuedExchange(const QueuedExchange&) = delete;
    QueuedExchange& operator=(const QueuedExchange&) = delete;

    const Wish wish;
    const ClientShare client;

protected:
    ~QueuedExchange() = default;

private:
    friend class LeaseQueue;
    bool queued_ = false;
    QueuedExchange* next_ = nullptr;  // of the same client
    QueuedExchange* previous_ = nullptr;
};

/// The exchanges that wait for a connection of one origin. Clients have their turns one after the
/// other, whoever of them has more exchanges waiting; those of one client go in the order in which
/// they came. Owns none of them: each is in the frame of its exchange, which takes it out again.
class LeaseQueue {
public:
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

    /// Behind the others of its client; a client that has none waits for its turn.
    void add(QueuedExchange& waiter);
    /// Before the others of its client, whose turn is next: it was given what was of no use.
    void add_in_front(QueuedExchange& waiter);

    /// Whose turn it is to have a connection, out of the queue; null where nobody takes it.
    /// `fresh`: nobody has used it; another one is not for who wishes for that.
    QueuedExchange* take(bool fresh);
    /// Whether it was still in the queue.
    bool remove(QueuedExchange& waiter);

private:
    struct Turn {
        ClientShare client = 0;
        QueuedExchange* first = nullptr;
        QueuedExchange* last = nullptr;
    };
    using Turns = std::list<Turn>;

    Turns::iterator turn_of(ClientShare client);
    void begin_turn(Turns::iterator at, QueuedExchange& waiter);
    void unlink(Turn& turn, QueuedExchange& waiter);
    void end_turn(Turns::iterator turn);

    Turns turns_;  ///< of clients that wait, the next in front
    Turns spare_;  ///< one at most, so that a client which comes and goes costs no memory each time
    std::size_t size_ = 0;
};

}  // namespace countersign::proxy::upstream
