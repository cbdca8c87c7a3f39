#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "proxy/net/descriptor.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

using std::chrono::milliseconds;

/// Notes what it is told, and does what the test wants then.
class NotingWatcher final : public IdleWatcher {
public:
    std::string story;
    std::function<void()> then = [] {};
    void on_idle_event(bool timed_out) override {
        story += timed_out ? "late;" : "event;";
        then();
    }
};

class IdleDescriptorTest : public testing::Test {
protected:
    /// Serves events until the watcher was told something.
    void run_until_told() {
        watcher_.then = [this] { event_loop_.stop(); };
        event_loop_.run();
    }

    TestLoop loop_;
    EventLoop& event_loop_ = loop_.event_loop();
    SocketPair pair_;
    std::unique_ptr<Descriptor> descriptor_ =
        std::make_unique<Descriptor>(event_loop_, std::move(pair_.ours));
    NotingWatcher watcher_;
};

TEST_F(IdleDescriptorTest, TellsOfBytesThatNobodyWaitsFor) {
    descriptor_->watch_idle(&watcher_, kNever);

    pair_.say("unasked");
    run_until_told();

    EXPECT_EQ(watcher_.story, "event;");
    EXPECT_TRUE(descriptor_->readable());
}

TEST_F(IdleDescriptorTest, TellsOfAClose) {
    descriptor_->watch_idle(&watcher_, kNever);

    pair_.close();
    run_until_told();

    EXPECT_EQ(watcher_.story, "event;");
    EXPECT_TRUE(descriptor_->peer_closed());
}

TEST_F(IdleDescriptorTest, TellsOfItsDeadlineAndNotBefore) {
    const TimePoint deadline = Clock::now() + milliseconds{15};
    descriptor_->watch_idle(&watcher_, deadline);

    run_until_told();

    EXPECT_EQ(watcher_.story, "late;");
    EXPECT_GE(Clock::now(), deadline);
}

TEST_F(IdleDescriptorTest, ADeadlineThatMovedLaterCounts) {
    const TimePoint now = Clock::now();
    descriptor_->watch_idle(&watcher_, now + milliseconds{5});

    descriptor_->watch_idle(&watcher_, now + milliseconds{20});
    run_until_told();

    EXPECT_EQ(watcher_.story, "late;");
    EXPECT_GE(Clock::now(), now + milliseconds{20});
}

TEST_F(IdleDescriptorTest, IsToldNothingThatIsOnlyAboutWriting) {
    descriptor_->watch_idle(&watcher_, kNever);

    loop_.run(next_round(event_loop_));

    EXPECT_TRUE(descriptor_->writable());
    EXPECT_EQ(watcher_.story, "");
}

TEST_F(IdleDescriptorTest, TellsNothingOnceItIsNotWatched) {
    descriptor_->watch_idle(&watcher_, Clock::now());
    descriptor_->unwatch();

    pair_.say("bytes");
    loop_.run(next_round(event_loop_));

    EXPECT_EQ(watcher_.story, "");
    EXPECT_TRUE(descriptor_->readable());
}

TEST_F(IdleDescriptorTest, MayBeDestroyedInItsOwnEvent) {
    descriptor_->watch_idle(&watcher_, kNever);
    watcher_.then = [this] { descriptor_.reset(); };

    pair_.close();
    loop_.run(next_round(event_loop_));

    EXPECT_EQ(watcher_.story, "event;");
    EXPECT_EQ(descriptor_, nullptr);
}

TEST_F(IdleDescriptorTest, MayBeDestroyedAtItsDeadline) {
    descriptor_->watch_idle(&watcher_, Clock::now());
    watcher_.then = [this] { descriptor_.reset(); };

    loop_.run(next_round(event_loop_));

    EXPECT_EQ(watcher_.story, "late;");
    EXPECT_EQ(event_loop_.timers().earliest(), kNever);
}

TEST_F(IdleDescriptorTest, OneMayDestroyAnotherThatHasAnEventInTheSameRound) {
    SocketPair other_pair;
    auto other = std::make_unique<Descriptor>(event_loop_, std::move(other_pair.ours));
    NotingWatcher other_watcher;
    descriptor_->watch_idle(&watcher_, kNever);
    other->watch_idle(&other_watcher, kNever);
    watcher_.then = [&] { other.reset(); };
    other_watcher.then = [this] { descriptor_.reset(); };

    pair_.close();
    other_pair.close();
    loop_.run(next_round(event_loop_));

    EXPECT_EQ(watcher_.story + other_watcher.story, "event;") << "whoever came first";
}

TEST_F(IdleDescriptorTest, OneMayDestroyAnotherThatIsLateInTheSameRound) {
    SocketPair other_pair;
    auto other = std::make_unique<Descriptor>(event_loop_, std::move(other_pair.ours));
    NotingWatcher other_watcher;
    const TimePoint now = Clock::now();
    descriptor_->watch_idle(&watcher_, now);
    other->watch_idle(&other_watcher, now);
    watcher_.then = [&] { other.reset(); };
    other_watcher.then = [this] { descriptor_.reset(); };

    loop_.run(next_round(event_loop_));

    EXPECT_EQ(watcher_.story + other_watcher.story, "late;") << "whoever came first";
}

}  // namespace
}  // namespace countersign::proxy::net
