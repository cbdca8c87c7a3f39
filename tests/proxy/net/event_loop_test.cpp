#include "proxy/net/event_loop.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "proxy/net/descriptor.hpp"
#include "proxy/net/notice.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

/// co_await Turn{…}: goes on at the end of the round.
class Turn {
public:
    explicit Turn(EventLoop& event_loop) : event_loop_{event_loop} {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { event_loop_.defer(waiter); }
    void await_resume() const {}

private:
    EventLoop& event_loop_;
};

Task<void> take_turns(EventLoop& event_loop, char name, std::string& story) {
    for (int i = 0; i < 3; ++i) {
        Turn turn{event_loop};
        co_await turn;
        story += name;
    }
}

TEST(EventLoop, DeferredTasksGoOnInTheirOrderAndDeferAgainBehindTheOthers) {
    TestLoop loop;
    std::string story;
    loop.spawn(take_turns(loop.event_loop(), 'a', story));
    loop.spawn(take_turns(loop.event_loop(), 'b', story));
    EXPECT_EQ(story, "");

    loop.run();

    EXPECT_EQ(story, "ababab");
}

TEST(EventLoop, PostedWorkRunsInItsOrderOnTheThreadThatRuns) {
    EventLoop event_loop;
    std::string story;
    std::vector<std::thread::id> threads;
    for (const char name : {'a', 'b', 'c'}) {
        event_loop.post([&, name] {
            story += name;
            threads.push_back(std::this_thread::get_id());
        });
    }
    event_loop.post([&] { event_loop.stop(); });

    std::thread worker{[&] { event_loop.run(); }};
    const std::thread::id expected = worker.get_id();
    worker.join();

    EXPECT_EQ(story, "abc");
    EXPECT_EQ(threads, std::vector<std::thread::id>(3, expected));
}

TEST(EventLoop, WorkOfManyThreadsIsLostNowhere) {
    constexpr int kThreads = 4;
    constexpr int kEach = 2'000;
    EventLoop event_loop;
    int done = 0;
    std::vector<std::thread> posters;
    for (int i = 0; i < kThreads; ++i) {
        posters.emplace_back([&] {
            for (int j = 0; j < kEach; ++j) {
                event_loop.post([&] {
                    if (++done == kThreads * kEach) event_loop.stop();
                });
            }
        });
    }

    event_loop.run();

    for (std::thread& poster : posters) poster.join();
    EXPECT_EQ(done, kThreads * kEach);
}

/// The loop waits in its set for a second and more: half of that is late.
constexpr auto kLate = std::chrono::milliseconds{500};

TEST(EventLoop, WorkOfAnotherThreadComesAtOnceWhileItWaitsForSockets) {
    EventLoop loop;
    SocketPair pair;
    const Descriptor descriptor{loop, std::move(pair.ours)};
    TimePoint posted;
    std::thread other{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        posted = Clock::now();
        loop.post([&] { loop.stop(); });
    }};

    loop.run();
    const TimePoint done = Clock::now();

    other.join();
    EXPECT_LT(done - posted, kLate);
}

TEST(EventLoop, WhatWaitsInAsioIsNotLateWhereSocketsSpeak) {
    TestLoop loop;
    SocketPair pair;
    const Descriptor descriptor{loop.event_loop(), std::move(pair.ours)};
    const TimePoint start = Clock::now();
    std::thread other{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{30});
        pair.say("x");
    }};

    loop.run(pause(loop.event_loop(), std::chrono::milliseconds{100}));
    const TimePoint done = Clock::now();

    other.join();
    EXPECT_LT(done - start, kLate);
}

TEST(EventLoop, PostedWorkMayPostMore) {
    EventLoop event_loop;
    int depth = 0;
    std::function<void()> work = [&] {
        if (++depth == 10) {
            event_loop.stop();
        } else {
            event_loop.post(work);
        }
    };
    event_loop.post(work);

    event_loop.run();

    EXPECT_EQ(depth, 10);
}

Task<void> wait_readable(Descriptor& descriptor, std::optional<Wait>& result) {
    result = co_await descriptor.wait_readable(kNever);
}
Task<void> wait_writable(Descriptor& descriptor, std::optional<Wait>& result) {
    result = co_await descriptor.wait_writable(kNever);
}
Task<void> wait_for(Notice& notice, std::optional<Wait>& result) {
    result = co_await notice.wait(kNever);
}
Task<void> cancel_all(EventLoop& event_loop) {
    co_await next_round(event_loop);
    event_loop.cancel_all();
}

class CancelAll : public testing::Test {
protected:
    TestLoop loop_;
    EventLoop& event_loop_ = loop_.event_loop();
};

TEST_F(CancelAll, EndsEveryWait) {
    constexpr std::size_t kEach = 20;
    std::deque<SocketPair> pairs;
    std::deque<Descriptor> descriptors;
    std::deque<Notice> notices;
    std::vector<std::optional<Wait>> results(2 * kEach);
    for (std::size_t i = 0; i < kEach; ++i) {
        pairs.emplace_back();
        loop_.spawn(wait_readable(
            descriptors.emplace_back(event_loop_, std::move(pairs.back().ours)), results[2 * i]
        ));
        loop_.spawn(wait_for(notices.emplace_back(event_loop_), results[2 * i + 1]));
    }

    loop_.run(cancel_all(event_loop_));

    EXPECT_EQ(results, std::vector<std::optional<Wait>>(2 * kEach, Wait::cancelled));
}

TEST_F(CancelAll, EndsTheReaderAndTheWriterOfOneDescriptor) {
    SocketPair pair;
    Descriptor descriptor{event_loop_, std::move(pair.ours)};
    std::optional<Wait> read;
    std::optional<Wait> written;
    fill_socket(descriptor.fd());
    loop_.spawn(wait_readable(descriptor, read));
    loop_.spawn(wait_writable(descriptor, written));

    loop_.run(cancel_all(event_loop_));

    EXPECT_EQ(read, Wait::cancelled);
    EXPECT_EQ(written, Wait::cancelled);
}

TEST_F(CancelAll, EndsWaitsThatBeginLater) {
    SocketPair pair;
    Descriptor descriptor{event_loop_, std::move(pair.ours)};
    Notice notice{event_loop_};
    std::optional<Wait> read;
    std::optional<Wait> told;
    event_loop_.cancel_all();

    loop_.spawn(wait_readable(descriptor, read));
    loop_.spawn(wait_for(notice, told));

    EXPECT_TRUE(event_loop_.cancelled());
    EXPECT_EQ(read, Wait::cancelled);
    EXPECT_EQ(told, Wait::cancelled);
}

/// Waits, and when that ends destroys what the others wait for, once they do not any more.
Task<void> wait_and_destroy(
    std::unique_ptr<Descriptor> own, std::unique_ptr<Descriptor>& other, std::optional<Wait>& result
) {
    result = co_await own->wait_readable(kNever);
    other.reset();
}

TEST_F(CancelAll, ATaskThatItEndsMayDestroyOtherDescriptors) {
    SocketPair first;
    SocketPair second;
    auto other = std::make_unique<Descriptor>(event_loop_, std::move(second.ours));
    std::optional<Wait> result;
    loop_.spawn(wait_and_destroy(
        std::make_unique<Descriptor>(event_loop_, std::move(first.ours)), other, result
    ));

    loop_.run(cancel_all(event_loop_));

    EXPECT_EQ(result, Wait::cancelled);
    EXPECT_EQ(other, nullptr);
}

TEST(EventLoop, ADescriptorThatCannotBeWatchedIsAnError) {
    EventLoop event_loop;

    EXPECT_THROW(Descriptor(event_loop, UniqueFd{}), std::system_error);
}

}  // namespace
}  // namespace countersign::proxy::net
