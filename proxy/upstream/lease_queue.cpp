#include "proxy/upstream/lease_queue.hpp"

#include <algorithm>
#include <utility>

#include "proxy/upstream/lease_waiter.hpp"

namespace countersign::proxy::upstream {

namespace {

bool takes(const LeaseWaiter& waiter, bool fresh) { return fresh || waiter.wish == Wish::any; }

}  // namespace

LeaseQueue::Turns::iterator LeaseQueue::turn_of(ClientShare client) {
    return std::ranges::find(turns_, client, &Turn::client);
}

void LeaseQueue::begin_turn(Turns::iterator at, LeaseWaiter& waiter) {
    if (spare_.empty()) spare_.emplace_back();
    turns_.splice(at, spare_, spare_.begin());
    *std::prev(at) = Turn{waiter.client, &waiter, &waiter};
}

void LeaseQueue::add(LeaseWaiter& waiter) {
    ++size_;
    waiter.queued = true;
    const auto turn = turn_of(waiter.client);
    if (turn == turns_.end()) return begin_turn(turns_.end(), waiter);
    waiter.previous = turn->last;
    turn->last->next = &waiter;
    turn->last = &waiter;
}

void LeaseQueue::add_in_front(LeaseWaiter& waiter) {
    ++size_;
    waiter.queued = true;
    const auto turn = turn_of(waiter.client);
    if (turn == turns_.end()) return begin_turn(turns_.begin(), waiter);
    waiter.next = turn->first;
    turn->first->previous = &waiter;
    turn->first = &waiter;
    turns_.splice(turns_.begin(), turns_, turn);
}

LeaseWaiter* LeaseQueue::take(bool fresh) {
    for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
        for (LeaseWaiter* one = turn->first; one != nullptr; one = one->next) {
            if (!takes(*one, fresh)) continue;
            unlink(*turn, *one);
            end_turn(turn);
            return one;
        }
    }
    return nullptr;
}

bool LeaseQueue::remove(LeaseWaiter& waiter) {
    if (!waiter.queued) return false;
    const auto turn = turn_of(waiter.client);
    unlink(*turn, waiter);
    if (turn->first == nullptr) end_turn(turn);
    return true;
}

void LeaseQueue::unlink(Turn& turn, LeaseWaiter& waiter) {
    --size_;
    waiter.queued = false;
    LeaseWaiter* const next = std::exchange(waiter.next, nullptr);
    LeaseWaiter* const previous = std::exchange(waiter.previous, nullptr);
    (previous != nullptr ? previous->next : turn.first) = next;
    (next != nullptr ? next->previous : turn.last) = previous;
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
