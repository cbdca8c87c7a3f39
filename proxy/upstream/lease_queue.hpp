#pragma once

#include <cstddef>
#include <cstdint>
#include <list>

namespace countersign::proxy::upstream {

struct LeaseWaiter;

/// Which connection an exchange takes.
enum class Wish : std::uint8_t {
    any,    ///< what comes first: one that becomes free, or a new one
    fresh,  ///< one that nobody has used: the request has just failed on one that had rested
};

/// Whose exchange it is, where connections are scarce: see `routing::share_of`. 0: nobody's in
/// particular.
using ClientShare = std::uint64_t;

/// The exchanges that wait for a connection of one origin. Clients have their turns one after the
/// other, whoever of them has more exchanges waiting; those of one client go in the order in which
/// they came. Holds no waiter: each is in the frame of its exchange, which takes it out again.
class LeaseQueue {
public:
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

    /// Behind the others of its client; a client that has none waits for its turn.
    void add(LeaseWaiter& waiter);
    /// Before the others of its client, whose turn is next: it was given what was of no use.
    void add_in_front(LeaseWaiter& waiter);

    /// Whose turn it is to have a connection, out of the queue; null where nobody takes it.
    /// `fresh`: nobody has used it; another one is not for who wishes for that.
    LeaseWaiter* take(bool fresh);
    /// Whether it was still in the queue.
    bool remove(LeaseWaiter& waiter);

private:
    struct Turn {
        ClientShare client = 0;
        LeaseWaiter* first = nullptr;
        LeaseWaiter* last = nullptr;
    };
    using Turns = std::list<Turn>;

    Turns::iterator turn_of(ClientShare client);
    void begin_turn(Turns::iterator at, LeaseWaiter& waiter);
    void unlink(Turn& turn, LeaseWaiter& waiter);
    void end_turn(Turns::iterator turn);

    Turns turns_;  ///< of clients that wait, the next in front
    Turns spare_;  ///< one at most, so that a client which comes and goes costs no memory each time
    std::size_t size_ = 0;
};

}  // namespace countersign::proxy::upstream
