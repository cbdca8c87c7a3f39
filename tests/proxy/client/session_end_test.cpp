#include <gtest/gtest.h>

#include <future>
#include <string>
#include <string_view>

#include "tests/proxy/client/session_world.hpp"

// How a client's connection ends: what is said on it, and that it is no reset.

namespace countersign::proxy::client {
namespace {

class SessionEnd : public testing::Test {
protected:
    SessionEnd() {
        configuration_.certificates = {partner_.trust(), partner_.key_store("acme")};
        configuration_.profiles = {Partner::profile("partner", {"127.0.0.1"}, "acme")};
    }

    Partner partner_;
    profiles::Configuration configuration_;
    log::AccessLog log_{no_access_log()};
};

/// Says `late` when the server has the request.
net::Task<void> say_more_later(
    SessionWorld& world, std::string request, std::future<void> asked, std::string_view late,
    std::promise<void>& said, std::string& heard
) {
    co_await net::write_all(world.client(), request, std::chrono::seconds{1});
    while (asked.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
        co_await net::next_round(world.workspace().loop);
    }
    co_await net::write_all(world.client(), late, std::chrono::seconds{1});
    said.set_value();
    co_await hear_all(world.client(), heard);
}

// With bytes unread, a close is a reset, which can take the answer's end from the client.
TEST_F(SessionEnd, IsNoResetWhereTheClientHasSaidMore) {
    for (const std::string_view late : {"\r\n", "GET http://127.0.0.1/ HTTP/1.0\r\n\r\n"}) {
        std::promise<void> asked;
        std::promise<void> said;
        std::string heard;
        {
            tests::ScriptedServer server{partner_.server(), [&](tests::Peer& peer) {
                                             peer.read_request();
                                             asked.set_value();
                                             said.get_future().wait();
                                             peer.write(tests::ok("answer"));
                                             peer.read_request();
                                         }};
            SessionWorld world{configuration_, log_};
            const std::string request =
                "POST http://" + server.authority() + "/ HTTP/1.0\r\nContent-Length: 2\r\n\r\nok";
            world.run(say_more_later(world, request, asked.get_future(), late, said, heard));
        }

        EXPECT_TRUE(heard.starts_with("HTTP/1.1 200 ")) << heard;
        EXPECT_TRUE(heard.ends_with("answer")) << heard;
    }
}

net::Task<void> ask_who_leaves(SessionWorld& world, std::string requests, std::string& heard) {
    world.workspace().first_session->leave();
    co_await say_and_hear_all(world.client(), std::move(requests), heard);
}

TEST_F(SessionEnd, OfOneThatLeavesIsBehindTheProxysOwnAnswer) {
    SessionWorld world{configuration_, log_};
    std::string heard;

    world.run(ask_who_leaves(
        world,
        "OPTIONS http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nMax-Forwards: 0\r\n\r\n"
        "GET http://nobody.example/ HTTP/1.1\r\nHost: nobody.example\r\n\r\n",
        heard
    ));

    EXPECT_TRUE(heard.starts_with("HTTP/1.1 200 ")) << heard;
    EXPECT_NE(heard.find("\r\nConnection: close\r\n"), std::string::npos) << heard;
    EXPECT_EQ(heard.find("HTTP/1.1 403"), std::string::npos) << heard;
}

}  // namespace
}  // namespace countersign::proxy::client
