#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/exchange/core_responses.hpp"

// What only timing hits between sockets, at every byte: early answers, an upload and its response
// that cross, ends on either side, a stop, a late refusal, a request that is sent again.

namespace countersign::proxy::exchange {
namespace {

TEST(ExchangeRace, AResponseMayBeCutIntoReadsAnywhere) {
    for (const Response& response : responses()) {
        for (std::size_t at = 1; at < response.bytes.size(); ++at) {
            CoreWorld world;
            get(world);
            world.from_server(response.bytes.substr(0, at));
            world.from_server(response.bytes.substr(at));
            if (response.until_close) world.server_ends(net::IoStatus::closed);

            EXPECT_EQ(world.verdict(), Verdict::done) << of(response, at);
            EXPECT_EQ(world.core().server_keeps(), !response.until_close);
            expect_same(response, world.at_client, of(response, at));
        }
    }
}

/// What a client has of a response that was cut after `at` bytes: never what looks whole.
void expect_cut(const CoreWorld& world, const Response& response, std::size_t at) {
    const std::string all = whole(response);
    const auto plain = [&](const std::string& text) {
        return response.until_close && !text.empty() ? in_one_chunk(text) : text;
    };
    EXPECT_TRUE(plain(all).starts_with(plain(world.at_client))) << of(response, at);
    EXPECT_LT(plain(world.at_client).size(), plain(all).size()) << of(response, at);
    // It has something of the final response, not of interim ones alone.
    const std::size_t interim = all.rfind("HTTP/1.1 2");
    const bool started = world.at_client.size() > interim;
    EXPECT_EQ(world.verdict(), started ? Verdict::cut : Verdict::answer) << of(response, at);
    EXPECT_FALSE(world.core().server_keeps()) << of(response, at);
}

/// The end of the server after `at` bytes of its response.
void expect_end_after(const Response& response, std::size_t at, net::IoStatus how, bool reused) {
    CoreWorld world;
    world.attempt.reused = reused;
    get(world);
    world.from_server(response.bytes.substr(0, at));
    const bool ends_body = response.until_close && how == net::IoStatus::closed &&
                           world.core().progress().status == 200;

    world.server_ends(how);

    if (ends_body) {
        EXPECT_EQ(world.verdict(), Verdict::done) << of(response, at);
        return;
    }
    EXPECT_EQ(world.ending(), Ending::server_closed) << of(response, at);
    if (at == 0 && reused) {
        EXPECT_EQ(world.verdict(), Verdict::again) << of(response, at);
    } else {
        expect_cut(world, response, at);
    }
}

// Not a byte of a response may have come where the request is sent again.
TEST(ExchangeRace, AServerMayGoAtEveryByteOfItsResponse) {
    for (const Response& response : responses()) {
        for (const net::IoStatus how :
             {net::IoStatus::closed, net::IoStatus::truncated, net::IoStatus::failed}) {
            for (std::size_t at = 0; at < response.bytes.size(); ++at) {
                expect_end_after(response, at, how, false);
                expect_end_after(response, at, how, true);
            }
        }
    }
}

// The whole request has come, and the server has taken a part of it, or nothing.
TEST(ExchangeRace, ARequestIsSentAgainWhereverTheServerWentInIt) {
    for (const std::string_view method : {"PUT", "POST"}) {
        const std::string head = std::string{method} + " / HTTP/1.1\r\nHost: a\r\n\r\n";
        for (std::size_t taken = 0; taken <= head.size() + kBody.size(); ++taken) {
            for (const bool writing : {false, true}) {
                CoreWorld world;
                world.attempt.reused = true;
                world.begin(method, head, length(kBody.size()), kBody);
                if (taken > 0) world.server_takes(taken);
                if (writing && world.core().writes_server()) {
                    world.core().sent_to_server({net::IoStatus::failed, 0}, world.now);
                }

                world.core().read_from_server({net::IoStatus::failed, 0}, world.now);

                const bool again = method == "PUT" || taken == 0;
                EXPECT_EQ(world.verdict(), again ? Verdict::again : Verdict::answer)
                    << method << ", byte " << taken;
                EXPECT_EQ(world.left_in_buffer(), head + std::string{kBody})
                    << "it is there to be sent";
            }
        }
    }
}

TEST(ExchangeRace, AllMayEndAtEveryByteOfTheRequestsHead) {
    for (std::size_t taken = 0; taken < kRequestHead.size(); ++taken) {
        CoreWorld stopped;
        CoreWorld left;
        for (CoreWorld* const world : {&stopped, &left}) {
            world->attempt.reused = true;
            post(*world, kBody, 0);
            if (taken > 0) world->server_takes(taken);
        }

        stopped.core().stop();
        left.core().lose_client();

        EXPECT_EQ(stopped.verdict(), Verdict::answer) << taken;
        EXPECT_EQ(left.verdict(), Verdict::cut) << taken;
        for (const CoreWorld* const world : {&stopped, &left}) {
            EXPECT_EQ(world->core().to_server(), "") << taken;
            EXPECT_FALSE(world->core().server_keeps()) << taken;
        }
    }
}

TEST(ExchangeRace, AServerMayRefuseAtEveryByteOfItsResponse) {
    for (const Response& response : responses()) {
        for (std::size_t at = 0; at < response.bytes.size(); ++at) {
            CoreWorld world;
            world.attempt.reused = true;
            get(world);
            world.from_server(response.bytes.substr(0, at));

            world.server_ends(net::IoStatus::refused);

            EXPECT_EQ(world.ending(), Ending::server_refused) << of(response, at);
            expect_cut(world, response, at);
        }
    }
}

TEST(ExchangeRace, TheProxyMayStopAtEveryByteOfAResponse) {
    for (const Response& response : responses()) {
        for (std::size_t at = 0; at < response.bytes.size(); ++at) {
            CoreWorld world;
            get(world);
            world.from_server(response.bytes.substr(0, at));

            world.core().stop();

            EXPECT_EQ(world.ending(), Ending::stopped) << of(response, at);
            expect_cut(world, response, at);
            EXPECT_FALSE(world.core().reads_server());
            EXPECT_EQ(world.core().to_client(), "");
        }
    }
}

TEST(ExchangeRace, AClientMayGoAtEveryByteOfAResponse) {
    for (const Response& response : responses()) {
        for (std::size_t at = 0; at < response.bytes.size(); ++at) {
            CoreWorld world;
            world.attempt.reused = true;
            get(world);
            world.from_server(response.bytes.substr(0, at));

            world.core().lose_client();

            EXPECT_EQ(world.ending(), Ending::client_gone) << of(response, at);
            EXPECT_EQ(world.verdict(), Verdict::cut) << of(response, at);
            EXPECT_FALSE(world.core().server_keeps()) << of(response, at);
        }
    }
}

TEST(ExchangeRace, AClientMayTakeAResponseByteByByteAndGoAnywhere) {
    for (const Response& response : responses()) {
        const std::string all = whole(response);
        for (std::size_t taken = 0; taken < all.size(); ++taken) {
            CoreWorld world;
            get(world);
            std::string_view rest = response.bytes;
            // As far as the client lets it, the server says all.
            while (world.at_client.size() < taken) {
                world.server_says(rest);
                world.server_is_silent();
                if (rest.empty() && response.until_close) {
                    if (world.core().reads_server()) {
                        world.core().read_from_server({net::IoStatus::closed, 0}, world.now);
                    }
                }
                ASSERT_TRUE(world.client_takes(1)) << of(response, taken);
            }
            EXPECT_FALSE(world.core().over()) << of(response, taken);
            EXPECT_TRUE(all.starts_with(world.at_client)) << of(response, taken);

            world.core().sent_to_client({net::IoStatus::failed, 0}, world.now);

            EXPECT_EQ(world.verdict(), Verdict::cut) << of(response, taken);
        }
    }
}

TEST(ExchangeRace, AnAnswerMayComeAtEveryByteOfTheRequest) {
    for (const Response& response : responses()) {
        for (std::size_t sent = 0; sent <= kBody.size(); ++sent) {
            CoreWorld world;
            post(world, kBody, 0);
            world.from_client(kBody.substr(0, sent));

            world.from_server(response.bytes);
            if (response.until_close) world.server_ends(net::IoStatus::closed);

            const bool all_sent = sent == kBody.size();
            EXPECT_EQ(world.verdict(), Verdict::done) << of(response, sent);
            EXPECT_EQ(world.core().server_keeps(), all_sent && !response.until_close);
            EXPECT_EQ(world.core().progress().keep_client, all_sent);
            EXPECT_FALSE(world.core().reads_client());
        }
    }
}

TEST(ExchangeRace, AnAnswerMayComeAtEveryByteOfTheRequestsHead) {
    for (std::size_t sent = 0; sent < kRequestHead.size(); ++sent) {
        CoreWorld world;
        post(world, kBody, kBody.size());
        world.server_takes(sent);
        std::string_view answer = responses().front().bytes;

        world.server_says(answer);
        world.client_takes();

        EXPECT_EQ(world.verdict(), Verdict::done) << sent;
        EXPECT_FALSE(world.core().server_keeps()) << sent;
        EXPECT_FALSE(world.core().progress().keep_client) << sent;
    }
}

TEST(ExchangeRace, UploadAndResponseMayCrossAnywhere) {
    for (const Response& response : responses()) {
        for (std::size_t said = 1; said < response.bytes.size(); ++said) {
            for (std::size_t sent = 1; sent < kBody.size(); ++sent) {
                CoreWorld world;
                post(world, kBody, 0);
                world.from_client(kBody.substr(0, sent));
                world.from_server(response.bytes.substr(0, said));
                ASSERT_FALSE(world.core().over()) << of(response, said);
                world.from_client(kBody.substr(sent));
                world.from_server(response.bytes.substr(said));
                if (response.until_close) world.server_ends(net::IoStatus::closed);

                EXPECT_EQ(world.verdict(), Verdict::done) << of(response, said);
                EXPECT_TRUE(world.at_server.ends_with(kBody)) << of(response, said);
                // All of both is through, in whatever order.
                EXPECT_EQ(world.core().server_keeps(), !response.until_close);
            }
        }
    }
}

TEST(ExchangeRace, AClientMayGoAtEveryByteOfItsRequest) {
    for (const net::IoStatus how : {net::IoStatus::closed, net::IoStatus::failed}) {
        for (std::size_t sent = 0; sent < kBody.size(); ++sent) {
            CoreWorld world;
            world.attempt.reused = true;
            post(world, kBody, 0);
            world.from_client(kBody.substr(0, sent));

            world.client_ends(how);

            EXPECT_EQ(world.ending(), Ending::client_gone) << sent;
            EXPECT_EQ(world.verdict(), Verdict::cut) << sent;
        }
    }
}

TEST(ExchangeRace, AClientThatEndsItsRequestEarlyStillGetsAnAnswerThatHasBegun) {
    for (std::size_t sent = 0; sent < kBody.size(); ++sent) {
        CoreWorld world;
        post(world, kBody, 0);
        world.from_client(kBody.substr(0, sent));
        const std::string& answer = responses().front().bytes;
        world.from_server(answer.substr(0, answer.size() - 3));

        world.client_ends(net::IoStatus::closed);
        world.from_server(answer.substr(answer.size() - 3));

        EXPECT_EQ(world.verdict(), Verdict::done) << sent;
        EXPECT_FALSE(world.core().server_keeps()) << sent;
        EXPECT_FALSE(world.core().progress().keep_client) << sent;
    }
}

TEST(ExchangeRace, AServerMayGoAtEveryByteOfTheRequest) {
    for (const net::IoStatus how :
         {net::IoStatus::closed, net::IoStatus::refused, net::IoStatus::failed}) {
        for (std::size_t sent = 0; sent < kBody.size(); ++sent) {
            CoreWorld world;
            world.attempt.reused = true;
            post(world, kBody, 0);
            world.from_client(kBody.substr(0, sent));
            // It takes no more of the request, and what it has said before is found.
            std::string_view more = kBody.substr(sent);
            world.client_says(more);
            world.core().sent_to_server({net::IoStatus::failed, 0}, world.now);
            EXPECT_FALSE(world.core().over()) << sent;

            world.server_ends(how);

            const Ending expected =
                how == net::IoStatus::refused ? Ending::server_refused : Ending::server_closed;
            EXPECT_EQ(world.ending(), expected) << sent;
            EXPECT_EQ(world.verdict(), Verdict::answer) << sent;
        }
    }
}

TEST(ExchangeRace, TheProxyMayStopAtEveryByteOfTheRequest) {
    for (std::size_t sent = 0; sent < kBody.size(); ++sent) {
        CoreWorld world;
        world.attempt.reused = true;
        post(world, kBody, 0);
        world.from_client(kBody.substr(0, sent));

        world.core().stop();

        EXPECT_EQ(world.verdict(), Verdict::answer) << sent;
        EXPECT_FALSE(world.core().reads_client());
        EXPECT_EQ(world.core().to_server(), "");
    }
}

// A part of an interim response that the client has is a part of something, too.
TEST(ExchangeRace, NoAnswerFollowsHalfAnInterimResponse) {
    const std::string_view interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    for (std::size_t taken = 0; taken < interim.size(); ++taken) {
        CoreWorld world;
        get(world);
        std::string_view rest = interim;
        world.server_says(rest);
        if (taken > 0) world.client_takes(taken);

        world.core().stop();

        EXPECT_EQ(world.verdict(), taken > 0 ? Verdict::cut : Verdict::answer) << taken;
    }
}

}  // namespace
}  // namespace countersign::proxy::exchange
