#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "tests/proxy/exchange/slow_client.hpp"

namespace countersign::proxy::exchange {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// limits.client_min_rate: a kilobyte a second.
class ClientMinRate : public SlowClient {
protected:
    ClientMinRate() {
        world_.client_min_rate = 1000;
        world_.timeouts.request_idle = std::chrono::hours{1};
        world_.timeouts.response_header = std::chrono::hours{1};
    }
    void upload_a_byte() {
        std::string_view byte = "x";
        world_.client_says(byte);
        world_.settle();
        core().client_is_silent(world_.now);
    }
    /// As the pump does it.
    void pass(net::Clock::duration time, bool others_wait) {
        const net::TimePoint end = world_.now + time;
        while (!core().over() && world_.now < end) {
            const net::TimePoint next = std::min(core().deadline(), end);
            core().note_others_wait(others_wait);
            world_.pass(next - world_.now);
        }
    }
};

TEST_F(ClientMinRate, EndsASlowUploadWhileOthersWait) {
    world_.begin_post(length(1'000'000));
    world_.settle();
    core().client_is_silent(world_.now);

    for (int i = 0; i < 4 && !core().over(); ++i) {
        pass(milliseconds{900}, true);
        if (!core().over()) upload_a_byte();
    }

    EXPECT_EQ(world_.ending(), Ending::client_too_slow);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ClientMinRate, LeavesItAloneWhileNobodyWaits) {
    world_.begin_post(length(1'000'000));
    world_.settle();
    core().client_is_silent(world_.now);

    for (int i = 0; i < 100; ++i) {
        pass(milliseconds{900}, false);
        upload_a_byte();
    }
    EXPECT_FALSE(core().over());

    pass(seconds{1}, true);
    EXPECT_EQ(world_.ending(), Ending::client_too_slow) << "but not from when they do";
}

TEST_F(ClientMinRate, LeavesAloneWhoKeepsUp) {
    world_.begin_post(length(1'000'000));
    world_.settle();
    core().client_is_silent(world_.now);

    for (int i = 0; i < 100; ++i) {
        pass(milliseconds{900}, true);
        const std::string bytes(1'000, 'x');
        world_.from_client(bytes);
        core().client_is_silent(world_.now);
    }

    EXPECT_FALSE(core().over());
}

TEST_F(ClientMinRate, DoesNotCountTimeInWhichTheServerIsWaitedFor) {
    world_.begin_get();
    world_.settle();
    world_.server_is_silent();

    pass(std::chrono::minutes{50}, true);

    EXPECT_FALSE(core().over());
}

/// Of a POST that says `Expect: 100-continue`.
class WaitForTheServersWord : public ClientMinRate {
protected:
    WaitForTheServersWord() {
        world_.request.expects_continue = true;
        world_.timeouts.request_idle = seconds{20};
        world_.timeouts.response_header = seconds{40};
        world_.begin_post(length(1'000'000));
        world_.settle();
        core().client_is_silent(world_.now);
    }
};

TEST_F(WaitForTheServersWord, IsNotTheClientsSlowness) {
    pass(seconds{39}, true);
    EXPECT_FALSE(core().over());

    pass(seconds{2}, true);

    EXPECT_EQ(world_.ending(), Ending::no_response);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(WaitForTheServersWord, IsOverWithIt) {
    pass(seconds{30}, true);
    world_.from_server("HTTP/1.1 100 Continue\r\n\r\n");
    core().client_is_silent(world_.now);

    pass(seconds{19}, false);
    EXPECT_FALSE(core().over()) << "the client's time begins with it";
    pass(seconds{2}, false);

    EXPECT_EQ(world_.ending(), Ending::request_late);
}

TEST_F(WaitForTheServersWord, IsOverWhereTheClientSendsAllTheSame) {
    pass(seconds{1}, true);
    upload_a_byte();

    pass(seconds{4}, true);

    EXPECT_EQ(world_.ending(), Ending::client_too_slow);
}

TEST_F(ClientMinRate, DoesNotCountTheRestsOfAnEventStream) {
    world_.begin_get();
    world_.settle();
    world_.from_server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");

    for (int i = 0; i < 20; ++i) {
        pass(seconds{30}, true);
        world_.from_server("5\r\ndata:\r\n");
    }

    EXPECT_FALSE(core().over());
}

TEST_F(ClientMinRate, CutsAReaderThatDoesNotReadWhileOthersWait) {
    world_.most_held = 0;
    const std::string response = response_of(30'000);
    std::string_view left = response;
    world_.begin_get();
    world_.settle();
    world_.server_says(left);
    world_.client_takes(1);
    world_.client_is_full();

    pass(seconds{10}, true);

    EXPECT_EQ(world_.ending(), Ending::client_too_slow);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

TEST_F(ClientMinRate, IsNoneWhereItIsZero) {
    world_.client_min_rate = 0;
    world_.begin_post(length(1'000'000));
    world_.settle();
    core().client_is_silent(world_.now);

    pass(std::chrono::minutes{50}, true);

    EXPECT_FALSE(core().over());
}

}  // namespace
}  // namespace countersign::proxy::exchange
