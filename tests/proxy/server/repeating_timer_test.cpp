#include "proxy/server/repeating_timer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace countersign::proxy::server {
namespace {

using std::chrono::milliseconds;

TEST(RepeatingTimer, CallsAgainUntilItIsStopped) {
    boost::asio::io_context context{1};
    int calls = 0;
    RepeatingTimer* self = nullptr;
    RepeatingTimer timer{context, milliseconds{0}, [&] {
                             if (++calls == 3) self->stop();
                         }};
    self = &timer;

    context.run();

    EXPECT_EQ(calls, 3);
}

TEST(RepeatingTimer, LetsItsContextEndWhenItIsStoppedInBetween) {
    boost::asio::io_context context{1};
    int calls = 0;
    RepeatingTimer timer{context, std::chrono::hours{24}, [&] { ++calls; }};

    timer.stop();
    context.run();

    EXPECT_EQ(calls, 0);
}

TEST(RepeatingTimer, IsOverWithAStopAlsoWhereItIsDueAlready) {
    boost::asio::io_context context{1};
    int calls = 0;
    RepeatingTimer* other = nullptr;
    RepeatingTimer first{context, milliseconds{5}, [&] {
                             ++calls;
                             first.stop();
                             other->stop();
                         }};
    RepeatingTimer second{context, milliseconds{5}, [&] { ++calls; }};
    other = &second;

    std::this_thread::sleep_for(milliseconds{20});  // both are due when the context runs
    context.run_for(milliseconds{200});

    EXPECT_TRUE(context.stopped()) << "something still waits";
    EXPECT_EQ(calls, 1);
}

TEST(RepeatingTimer, GoesOnAfterAnException) {
    boost::asio::io_context context{1};
    int calls = 0;
    RepeatingTimer timer{context, milliseconds{5}, [&] {
                             if (++calls == 1) throw std::runtime_error{"once"};
                             timer.stop();
                         }};

    EXPECT_THROW(context.run_for(std::chrono::seconds{10}), std::runtime_error);
    context.run_for(std::chrono::seconds{10});

    EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace countersign::proxy::server
