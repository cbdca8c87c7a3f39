#include "proxy/upstream/lease_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace countersign::proxy::upstream {

namespace {

bool takes(const QueuedExchange& waiter, bool fresh) { return fresh || waiter.wish == Wish::any; }

}  // namespace

LeaseQueue::Turns::iterator LeaseQueue::turn_of(ClientShare client) {
    return std::ranges::find(turns_, client, &Turn::client);
}

void LeaseQueue::begin_turn(Turns::iterator at, QueuedExchange& waiter) {
    if (spare_.empty()) spare_.emplace_back();
    turns_.splice(at, spare_, spare_.begin());
    *std::prev(at) = Turn{waiter.client, &waiter, &waiter};
}

void LeaseQueue::add(QueuedExchange& waiter) {
    ++size_;
    waiter.queued_ = true;
    const auto turn = turn_of(waiter.client);
    if (turn == turns_.end()) return begin_turn(turns_.end(), waiter);
    waiter.previous_ = turn->last;
    turn->last->next_ = &waiter;
    turn->last = &waiter;
}

void LeaseQueue::add_in_front(QueuedExchange& waiter) {
    ++size_;
    waiter.queued_ = true;
    const auto turn = turn_of(waiter.client);
    if (turn == turns_.end()) return begin_turn(turns_.begin(), waiter);
    waiter.next_ = turn->first;
    turn->first->previous_ = &waiter;
    turn->first = &waiter;
    turns_.splice(turns_.begin(), turns_, turn);
}

QueuedExchange* LeaseQueue::take(bool fresh) {
    for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
        for (QueuedExchange* one = turn->first; one != nullptr; one = one->next_) {
            if (!takes(*one, fresh)) continue;
            unlink(*turn, *one);
            end_turn(turn);
            return one;
        }
    }
    return nullptr;
}

bool LeaseQueue::remove(QueuedExchange& waiter) {
    if (!waiter.queued_) return false;
    const auto turn = turn_of(waiter.client);
    unlink(*turn, waiter);
    if (turn->first == nullptr) end_turn(turn);
    return true;
}

void LeaseQueue::unlink(Turn& turn, QueuedExchange& waiter) {
    --size_;
    waiter.queued_ = false;
    QueuedExchange* const next = std::exchange(waiter.next_, nullptr);
    QueuedExchange* const previous = std::exchange(waiter.previous_, nullptr);
    (previous != nullptr ? previous->next_ : turn.first) = next;
    (next != nullptr ? next->previous_ : turn.last) = previous;
}

/// The other clients come first now; where it waits for nothing more, it is forgotten.
void LeaseQueue::end_turn(Turns::iterator turn) {
    if (turn->first != nullptr) {
        turns_.splice(turns_.end(), turns_, turn);
    } else if (spare_.empty()) {
        spare_.splice(spare_.end(), turns_, turn);
    } else {
        turns_.erase(turn);
    }
}

}  // namespace countersign::proxy::upstream
