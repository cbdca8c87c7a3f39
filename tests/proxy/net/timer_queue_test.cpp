#include "proxy/net/timer_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <vector>

namespace countersign::proxy::net {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kStart{std::chrono::hours{1}};

TimePoint at(int millis) { return kStart + milliseconds{millis}; }

/// Notes its name when its time has come, and does what the test wants then.
class NotedTimer final : public Timer {
public:
    NotedTimer(int name, std::vector<int>& expired) : name_{name}, expired_{expired} {}
    std::function<void()> then = [] {};

private:
    void expired() override {
        expired_.push_back(name_);
        then();
    }
    int name_;
    std::vector<int>& expired_;
};

class TimerQueueTest : public testing::Test {
protected:
    NotedTimer& timer(int name) { return timers_.emplace_back(name, expired_); }

    TimerQueue queue_;
    std::vector<int> expired_;
    std::deque<NotedTimer> timers_;
};

using Expired = std::vector<int>;

TEST_F(TimerQueueTest, AnEmptyQueueNeverExpiresAnything) {
    queue_.expire(at(0));

    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(queue_.earliest(), kNever);
    EXPECT_EQ(expired_, Expired{});
}

TEST_F(TimerQueueTest, ExpiresInTheOrderOfTime) {
    queue_.set(timer(3), at(30));
    queue_.set(timer(1), at(10));
    queue_.set(timer(2), at(20));

    queue_.expire(at(100));

    EXPECT_EQ(expired_, (Expired{1, 2, 3}));
    EXPECT_TRUE(queue_.empty());
}

TEST_F(TimerQueueTest, ExpiresWhatIsDueAndNothingElse) {
    queue_.set(timer(1), at(10));
    queue_.set(timer(2), at(20));
    queue_.set(timer(3), at(21));

    queue_.expire(at(20));

    EXPECT_EQ(expired_, (Expired{1, 2}));
    EXPECT_EQ(queue_.earliest(), at(21));
}

TEST_F(TimerQueueTest, ATimerIsInNoQueueWhenItExpires) {
    NotedTimer& one = timer(1);
    bool queued = true;
    one.then = [&] { queued = one.queued(); };
    queue_.set(one, at(10));

    queue_.expire(at(10));

    EXPECT_FALSE(queued);
}

TEST_F(TimerQueueTest, SettingAgainMovesEarlier) {
    NotedTimer& one = timer(1);
    queue_.set(one, at(50));
    queue_.set(timer(2), at(20));

    queue_.set(one, at(10));

    EXPECT_EQ(queue_.earliest(), at(10));
    queue_.expire(at(20));
    EXPECT_EQ(expired_, (Expired{1, 2}));
}

TEST_F(TimerQueueTest, SettingAgainMovesLater) {
    NotedTimer& one = timer(1);
    queue_.set(one, at(10));
    queue_.set(timer(2), at(20));

    queue_.set(one, at(50));

    EXPECT_EQ(queue_.earliest(), at(20));
    queue_.expire(at(49));
    EXPECT_EQ(expired_, Expired{2});
    queue_.expire(at(50));
    EXPECT_EQ(expired_, (Expired{2, 1}));
}

TEST_F(TimerQueueTest, ARemovedTimerDoesNotExpire) {
    NotedTimer& one = timer(1);
    queue_.set(one, at(10));
    queue_.set(timer(2), at(20));

    queue_.remove(one);
    queue_.remove(one);

    EXPECT_FALSE(one.queued());
    queue_.expire(at(100));
    EXPECT_EQ(expired_, Expired{2});
}

TEST_F(TimerQueueTest, ATimerThatIsDueMayBeRemovedByAnother) {
    NotedTimer& second = timer(2);
    NotedTimer& first = timer(1);
    first.then = [&] { queue_.remove(second); };
    queue_.set(first, at(10));
    queue_.set(second, at(11));

    queue_.expire(at(100));

    EXPECT_EQ(expired_, Expired{1});
}

TEST_F(TimerQueueTest, ATimerThatIsDueMayBeSetLaterByAnother) {
    NotedTimer& second = timer(2);
    NotedTimer& first = timer(1);
    first.then = [&] { queue_.set(second, at(200)); };
    queue_.set(first, at(10));
    queue_.set(second, at(11));

    queue_.expire(at(100));

    EXPECT_EQ(expired_, Expired{1});
    EXPECT_EQ(queue_.earliest(), at(200));
    queue_.expire(at(200));
    EXPECT_EQ(expired_, (Expired{1, 2}));
}

TEST_F(TimerQueueTest, ATimerThatIsSetAgainWhileItExpiresWaitsForTheNextCall) {
    NotedTimer& one = timer(1);
    one.then = [&] { queue_.set(one, at(5)); };
    queue_.set(one, at(10));

    queue_.expire(at(10));

    EXPECT_EQ(expired_, Expired{1});
    EXPECT_TRUE(one.queued());
    queue_.remove(one);
}

TEST_F(TimerQueueTest, BehavesAsASortedListDoes) {
    constexpr int kTimers = 64;
    constexpr int kSteps = 20'000;
    std::mt19937 random{42};
    std::multimap<TimePoint, int> model;
    const auto forget = [&](int name) {
        std::erase_if(model, [&](const auto& entry) { return entry.second == name; });
    };
    for (int name = 0; name < kTimers; ++name) timer(name);

    for (int step = 0; step < kSteps; ++step) {
        const int name = static_cast<int>(random() % kTimers);
        NotedTimer& one = timers_[static_cast<std::size_t>(name)];
        const auto what = random() % 10;
        if (what < 7) {
            const TimePoint when = at(step + static_cast<int>(random() % 200));
            queue_.set(one, when);
            forget(name);
            model.emplace(when, name);
        } else if (what < 9) {
            queue_.remove(one);
            forget(name);
        } else {
            expired_.clear();
            queue_.expire(at(step));
            std::vector<int> expected;
            while (!model.empty() && model.begin()->first <= at(step)) {
                expected.push_back(model.begin()->second);
                model.erase(model.begin());
            }
            // Equal times may come in any order.
            ASSERT_TRUE(std::is_permutation(
                expired_.begin(), expired_.end(), expected.begin(), expected.end()
            )) << "step "
               << step;
        }
        ASSERT_EQ(queue_.earliest(), model.empty() ? kNever : model.begin()->first);
        ASSERT_EQ(one.queued(), std::any_of(model.begin(), model.end(), [&](const auto& entry) {
                      return entry.second == name;
                  }));
    }
}

}  // namespace
}  // namespace countersign::proxy::net
