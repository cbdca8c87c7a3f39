#include "proxy/net/use_task.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>

#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

class UseTaskTest : public testing::Test {
protected:
    Task<void> wait(asio::steady_timer& timer, error_code& result) {
        auto its_end = timer.async_wait(UseTask{loop_});
        result = co_await its_end;
    }
    Task<void> cancel(asio::steady_timer& timer) {
        co_await next_round(loop_);
        timer.cancel();
    }

    TestLoop tasks_;
    EventLoop& loop_ = tasks_.event_loop();
};

TEST_F(UseTaskTest, ATimerEndsAtItsTimeAndNotBefore) {
    const TimePoint until = Clock::now() + milliseconds{15};
    asio::steady_timer timer{loop_.context(), until};
    error_code result = asio::error::fault;

    tasks_.run(wait(timer, result));

    EXPECT_EQ(result, error_code{});
    EXPECT_GE(Clock::now(), until);
    EXPECT_GE(loop_.now(), until) << "the round that it goes on in has its own time";
}

TEST_F(UseTaskTest, ACancelledOperationEndsAsCancelled) {
    asio::steady_timer timer{loop_.context(), std::chrono::hours{1}};
    error_code result;

    tasks_.spawn(wait(timer, result));
    tasks_.run(cancel(timer));

    EXPECT_EQ(result, asio::error::operation_aborted);
}

Task<void> read(EventLoop& loop, asio::posix::stream_descriptor& from, std::string& into) {
    std::string room(16, '\0');
    auto reading = from.async_read_some(asio::buffer(room), UseTask{loop});
    const auto [error, bytes] = co_await reading;
    if (!error) into = room.substr(0, bytes);
}

TEST_F(UseTaskTest, SeveralValuesComeAsATuple) {
    SocketPair pair;
    asio::posix::stream_descriptor ours{loop_.context(), pair.ours.release()};
    pair.say("hello");
    std::string text;

    tasks_.run(read(loop_, ours, text));

    EXPECT_EQ(text, "hello");
}

/// An operation whose handler takes what it cannot copy.
template <class Token>
auto give(EventLoop& loop, std::unique_ptr<int> what, Token&& token) {
    return asio::async_initiate<Token, void(std::unique_ptr<int>)>(
        [&loop](auto handler, std::unique_ptr<int> value) {
            auto both = std::make_shared<std::pair<decltype(handler), std::unique_ptr<int>>>(
                std::move(handler), std::move(value)
            );
            asio::post(loop.context(), [both] { both->first(std::move(both->second)); });
        },
        token, std::move(what)
    );
}

Task<void> take(EventLoop& loop, int& into) {
    auto given = give(loop, std::make_unique<int>(7), UseTask{loop});
    const std::unique_ptr<int> value = co_await given;
    into = *value;
}

TEST_F(UseTaskTest, ArgumentsAndResultsAreMoved) {
    int value = 0;

    tasks_.run(take(loop_, value));

    EXPECT_EQ(value, 7);
}

TEST_F(UseTaskTest, AnOperationThatNobodyAwaitsIsNotBegun) {
    asio::steady_timer timer{loop_.context(), std::chrono::hours{1}};
    { [[maybe_unused]] auto unused = timer.async_wait(UseTask{loop_}); }

    EXPECT_EQ(timer.cancel(), 0U);
}

}  // namespace
}  // namespace countersign::proxy::net
