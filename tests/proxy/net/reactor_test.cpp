#include "proxy/net/reactor.hpp"

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

namespace countersign::proxy {
namespace {

/// co_await Turn{…}: goes on at the end of the round.
class Turn {
public:
    explicit Turn(Reactor& reactor) : reactor_{reactor} {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { reactor_.defer(waiter); }
    void await_resume() const {}

private:
    Reactor& reactor_;
};

Task<void> take_turns(Reactor& reactor, char name, std::string& story) {
    for (int i = 0; i < 3; ++i) {
        Turn turn{reactor};
        co_await turn;
        story += name;
    }
}

TEST(Reactor, DeferredTasksGoOnInTheirOrderAndDeferAgainBehindTheOthers) {
    TestLoop loop;
    std::string story;
    loop.spawn(take_turns(loop.reactor(), 'a', story));
    loop.spawn(take_turns(loop.reactor(), 'b', story));
    EXPECT_EQ(story, "");

    loop.run();

    EXPECT_EQ(story, "ababab");
}

TEST(Reactor, PostedWorkRunsInItsOrderOnTheThreadThatRuns) {
    Reactor reactor;
    std::string story;
    std::vector<std::thread::id> threads;
    for (const char name : {'a', 'b', 'c'}) {
        reactor.post([&, name] {
            story += name;
            threads.push_back(std::this_thread::get_id());
        });
    }
    reactor.post([&] { reactor.stop(); });

    std::thread worker{[&] { reactor.run(); }};
    const std::thread::id expected = worker.get_id();
    worker.join();

    EXPECT_EQ(story, "abc");
    EXPECT_EQ(threads, std::vector<std::thread::id>(3, expected));
}

TEST(Reactor, WorkOfManyThreadsIsLostNowhere) {
    constexpr int kThreads = 4;
    constexpr int kEach = 2'000;
    Reactor reactor;
    int done = 0;
    std::vector<std::thread> posters;
    for (int i = 0; i < kThreads; ++i) {
        posters.emplace_back([&] {
            for (int j = 0; j < kEach; ++j) {
                reactor.post([&] {
                    if (++done == kThreads * kEach) reactor.stop();
                });
            }
        });
    }

    reactor.run();

    for (std::thread& poster : posters) poster.join();
    EXPECT_EQ(done, kThreads * kEach);
}

TEST(Reactor, PostedWorkMayPostMore) {
    Reactor reactor;
    int depth = 0;
    std::function<void()> work = [&] {
        if (++depth == 10) {
            reactor.stop();
        } else {
            reactor.post(work);
        }
    };
    reactor.post(work);

    reactor.run();

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
Task<void> cancel_all(Reactor& reactor) {
    co_await next_round(reactor);
    reactor.cancel_all();
}

class CancelAll : public testing::Test {
protected:
    TestLoop loop_;
    Reactor& reactor_ = loop_.reactor();
};

TEST_F(CancelAll, EndsEveryWait) {
    constexpr std::size_t kEach = 20;
    std::deque<SocketPair> pairs;
    std::deque<Descriptor> descriptors;
    std::deque<Notice> notices;
    std::vector<std::optional<Wait>> results(2 * kEach);
    for (std::size_t i = 0; i < kEach; ++i) {
        pairs.emplace_back();
        loop_.spawn(
            wait_readable(descriptors.emplace_back(reactor_, pairs.back().ours), results[2 * i])
        );
        loop_.spawn(wait_for(notices.emplace_back(reactor_), results[2 * i + 1]));
    }

    loop_.run(cancel_all(reactor_));

    EXPECT_EQ(results, std::vector<std::optional<Wait>>(2 * kEach, Wait::cancelled));
}

TEST_F(CancelAll, EndsTheReaderAndTheWriterOfOneDescriptor) {
    SocketPair pair;
    Descriptor descriptor{reactor_, pair.ours};
    std::optional<Wait> read;
    std::optional<Wait> written;
    fill_socket(descriptor.fd());
    loop_.spawn(wait_readable(descriptor, read));
    loop_.spawn(wait_writable(descriptor, written));

    loop_.run(cancel_all(reactor_));

    EXPECT_EQ(read, Wait::cancelled);
    EXPECT_EQ(written, Wait::cancelled);
}

TEST_F(CancelAll, EndsWaitsThatBeginLater) {
    SocketPair pair;
    Descriptor descriptor{reactor_, pair.ours};
    Notice notice{reactor_};
    std::optional<Wait> read;
    std::optional<Wait> told;
    reactor_.cancel_all();
    descriptor.allow_waits();

    loop_.spawn(wait_readable(descriptor, read));
    loop_.spawn(wait_for(notice, told));

    EXPECT_TRUE(reactor_.cancelled());
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
    auto other = std::make_unique<Descriptor>(reactor_, second.ours);
    std::optional<Wait> result;
    loop_.spawn(wait_and_destroy(std::make_unique<Descriptor>(reactor_, first.ours), other, result)
    );

    loop_.run(cancel_all(reactor_));

    EXPECT_EQ(result, Wait::cancelled);
    EXPECT_EQ(other, nullptr);
}

TEST(Reactor, ADescriptorThatCannotBeWatchedIsAnError) {
    Reactor reactor;

    EXPECT_THROW(Descriptor(reactor, -1), std::system_error);
}

}  // namespace
}  // namespace countersign::proxy
