#include "proxy/upstream/lease_queue.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "proxy/net/event_loop.hpp"
#include "proxy/upstream/lease_waiter.hpp"

namespace countersign::proxy::upstream {
namespace {

/// Waiters by name: the first letter is the client's.
class LeaseQueueTest : public testing::Test {
protected:
    LeaseWaiter& waiter(std::string name, Wish wish = Wish::any) {
        waiters_.emplace_back(loop_, wish, static_cast<ClientShare>(name[0]));
        names_.push_back(std::move(name));
        return waiters_.back();
    }
    void add(const std::string& name, Wish wish = Wish::any) { queue_.add(waiter(name, wish)); }
    std::string name_of(const QueuedExchange* one) const {
        for (std::size_t i = 0; i < waiters_.size(); ++i) {
            if (&waiters_[i] == one) return names_[i];
        }
        return "-";
    }
    std::string take(bool fresh = true) { return name_of(queue_.take(fresh)); }
    std::string take_all() {
        std::string all;
        while (!queue_.empty()) all += take() + " ";
        return all;
    }

    net::EventLoop loop_;
    std::deque<LeaseWaiter> waiters_;
    std::deque<std::string> names_;
    LeaseQueue queue_;
};

TEST_F(LeaseQueueTest, OfOneClientTheFirstIsFirst) {
    for (const char* name : {"a1", "a2", "a3"}) add(name);

    EXPECT_EQ(queue_.size(), 3U);
    EXPECT_EQ(take_all(), "a1 a2 a3 ");
    EXPECT_EQ(take(), "-");
}

TEST_F(LeaseQueueTest, ClientsHaveTheirTurns) {
    for (const char* name : {"a1", "a2", "a3", "b1", "b2", "c1"}) add(name);

    EXPECT_EQ(take_all(), "a1 b1 c1 a2 b2 a3 ");
}

TEST_F(LeaseQueueTest, AClientThatComesAnewWaitsForItsTurn) {
    for (const char* name : {"a1", "a2", "b1"}) add(name);
    EXPECT_EQ(take(), "a1");
    EXPECT_EQ(take(), "b1");

    add("b2");
    add("c1");

    EXPECT_EQ(take_all(), "a2 b2 c1 ");
}

TEST_F(LeaseQueueTest, WhoWishesForAFreshOneIsPassedOver) {
    add("a1", Wish::fresh);
    add("b1");
    add("b2", Wish::fresh);

    EXPECT_EQ(take(false), "b1");
    EXPECT_EQ(take(false), "-");
    EXPECT_EQ(take_all(), "a1 b2 ") << "and lost no turn by it";
}

TEST_F(LeaseQueueTest, OfItsOwnClientToo) {
    add("a1", Wish::fresh);
    add("a2");

    EXPECT_EQ(take(false), "a2");
    EXPECT_EQ(take_all(), "a1 ");
}

TEST_F(LeaseQueueTest, WhoWasGivenWhatIsOfNoUseIsNext) {
    for (const char* name : {"a1", "b1", "b2"}) add(name);
    LeaseWaiter& again = waiter("b0");

    queue_.add_in_front(again);

    EXPECT_EQ(take_all(), "b0 a1 b1 b2 ");
}

TEST_F(LeaseQueueTest, AlsoWhereItsClientHasNoOther) {
    add("a1");
    LeaseWaiter& again = waiter("b0");

    queue_.add_in_front(again);

    EXPECT_EQ(take_all(), "b0 a1 ");
}

TEST_F(LeaseQueueTest, WhoIsTakenOutOfTheMiddleIsGone) {
    for (const char* name : {"a1", "a2", "a3", "b1"}) add(name);

    EXPECT_TRUE(queue_.remove(waiters_[1]));
    EXPECT_FALSE(queue_.remove(waiters_[1]));
    EXPECT_TRUE(queue_.remove(waiters_[3]));

    EXPECT_EQ(queue_.size(), 2U);
    EXPECT_EQ(take_all(), "a1 a3 ");
    EXPECT_FALSE(queue_.remove(waiters_[0]));
}

TEST_F(LeaseQueueTest, IsUsedAgain) {
    for (int round = 0; round < 3; ++round) {
        for (const char* name : {"a1", "b1", "c1"}) add(name);
        EXPECT_EQ(take_all(), "a1 b1 c1 ");
    }
}

}  // namespace
}  // namespace countersign::proxy::upstream
