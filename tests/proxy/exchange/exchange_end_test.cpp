#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/exchange/core_world.hpp"

namespace countersign::proxy::exchange {
namespace {

using std::chrono::milliseconds;

class ExchangeEnd : public ExchangeTest {};

// --- What a server must not send.

TEST_F(ExchangeEnd, RefusesWhatIsNoHead) {
    world_.begin_get();

    world_.from_server("SSH-2.0-OpenSSH_9.2\r\n");

    EXPECT_EQ(world_.ending(), Ending::response_malformed);
    EXPECT_NE(core().head_error(), http::HeadError::none);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ExchangeEnd, RefusesAHeadThatFillsTheBuffer) {
    world_.begin_get();

    world_.from_server("HTTP/1.1 200 OK\r\nX: " + std::string(CoreWorld::kPayload, 'x'));

    EXPECT_EQ(world_.ending(), Ending::response_head_too_large);
}

TEST_F(ExchangeEnd, RefusesToSwitchProtocols) {
    world_.begin_get();

    world_.from_server("HTTP/1.1 101 Switching Protocols\r\n\r\n");

    EXPECT_EQ(world_.ending(), Ending::protocol_switched);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ExchangeEnd, WhatIsValidOfABodyReachesTheClientBeforeTheCut) {
    world_.begin_get();

    world_.from_server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    world_.from_server("3\r\nabc\r\nno");

    EXPECT_TRUE(world_.at_client.ends_with("3\r\nabc\r\n")) << world_.at_client;
    EXPECT_EQ(world_.ending(), Ending::response_body_malformed);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

// --- Limits of time.

TEST_F(ExchangeEnd, AServerHasItsTimeToAnswer) {
    world_.begin_get();
    world_.settle();
    EXPECT_EQ(core().deadline(), world_.now + world_.timeouts.response_header);

    world_.pass(world_.timeouts.response_header - milliseconds{1});
    EXPECT_FALSE(core().over());
    world_.pass(milliseconds{1});

    EXPECT_EQ(world_.ending(), Ending::no_response);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ExchangeEnd, InterimResponsesBuyNoTime) {
    world_.begin_get();
    for (int i = 0; i < 4; ++i) {
        world_.from_server("HTTP/1.1 102 Processing\r\n\r\n");
        world_.pass(world_.timeouts.response_header / 4);
    }

    EXPECT_EQ(world_.ending(), Ending::only_interim);
}

TEST_F(ExchangeEnd, AHeadThatTricklesBuysNoTime) {
    world_.begin_get();
    world_.from_server("HTTP/1.1 200 OK\r\nA: ");
    for (int i = 0; i < 4; ++i) {
        world_.from_server("x");
        world_.pass(world_.timeouts.response_header / 4);
    }

    EXPECT_EQ(world_.ending(), Ending::head_stalled);
}

TEST_F(ExchangeEnd, TheTimeToAnswerBeginsWhenTheRequestIsSent) {
    world_.begin_post(length(2));
    world_.settle();
    EXPECT_EQ(core().deadline(), world_.now + world_.timeouts.request_idle);
    world_.pass(world_.timeouts.request_idle - milliseconds{1});
    world_.from_client("a");
    world_.pass(world_.timeouts.request_idle - milliseconds{1});
    world_.from_client("b");

    EXPECT_EQ(core().deadline(), world_.now + world_.timeouts.response_header);
    world_.pass(world_.timeouts.response_header - milliseconds{1});
    world_.from_server(kAnswer);

    expect_answered(kAnswer);
}

TEST_F(ExchangeEnd, AClientThatSendsNoMoreOfItsBodyIsLate) {
    world_.begin_post(length(2), "a");
    world_.settle();

    world_.pass(world_.timeouts.request_idle);

    EXPECT_EQ(world_.ending(), Ending::request_late);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ExchangeEnd, AServerThatTakesNoBodyMayStillSayWhy) {
    world_.begin_post(length(2), "a");
    world_.server_takes(5);

    world_.pass(world_.timeouts.request_idle);
    EXPECT_FALSE(core().over());
    EXPECT_FALSE(core().reads_client());
    world_.from_server("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_FALSE(core().server_keeps());
    EXPECT_FALSE(core().progress().keep_client);
}

TEST_F(ExchangeEnd, AServerThatNeitherTakesNorSaysIsLateToTake) {
    world_.begin_post(length(2), "a");
    world_.server_takes(5);

    world_.pass(world_.timeouts.request_idle);
    world_.pass(world_.timeouts.response_header);

    EXPECT_EQ(world_.ending(), Ending::request_not_taken);
}

TEST_F(ExchangeEnd, ABodyMayRestNoLongerThanItsLimit) {
    world_.begin_get();
    world_.from_server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nan");
    world_.pass(world_.timeouts.response_idle - milliseconds{1});
    world_.from_server("sw");
    EXPECT_EQ(core().deadline(), world_.now + world_.timeouts.response_idle);

    world_.pass(world_.timeouts.response_idle);

    EXPECT_EQ(world_.ending(), Ending::response_stalled);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

TEST_F(ExchangeEnd, AClientHasItsTimeForEachPieceOfTheResponse) {
    world_.begin_get();
    world_.server_takes();
    std::string_view answer = kAnswer;
    world_.server_says(answer);
    world_.pass(world_.timeouts.request_idle - milliseconds{1});
    world_.client_takes(1);
    world_.pass(world_.timeouts.request_idle - milliseconds{1});
    EXPECT_FALSE(core().over());

    world_.pass(milliseconds{1});

    EXPECT_EQ(world_.ending(), Ending::response_not_taken);
    EXPECT_EQ(world_.verdict(), Verdict::cut);
}

TEST_F(ExchangeEnd, TheServersTimeRestsWhileTheClientReads) {
    world_.begin_get();
    world_.server_takes();
    std::string_view part = kAnswer.substr(0, kAnswer.size() - 1);
    world_.server_says(part);
    world_.server_is_silent();
    const auto nearly = world_.timeouts.response_idle - milliseconds{1};
    world_.pass(nearly);
    world_.client_takes(1);
    world_.pass(nearly);

    world_.client_takes();
    EXPECT_EQ(core().deadline(), world_.now + world_.timeouts.response_idle);
    world_.from_server("r");

    expect_answered(kAnswer);
}

// --- Whether the request is sent again.

struct RetryCase {
    profiles::RetryRule rule;
    bool reused;
    bool bound;
    bool repeated;
    bool sent;
    std::string_view method;
    Verdict verdict;
};

TEST_F(ExchangeEnd, SendsAgainWhatMayBeSentAgain) {
    using enum profiles::RetryRule;
    using enum Verdict;
    const RetryCase cases[] = {
        {idempotent, true, false, false, true, "GET", again},
        {idempotent, true, false, false, true, "POST", answer},
        {idempotent, true, false, false, false, "POST", again},
        {idempotent, false, false, false, true, "GET", answer},
        {idempotent, true, true, false, true, "GET", answer},
        {idempotent, true, false, true, true, "GET", answer},
        {if_unsent, true, false, false, true, "GET", answer},
        {if_unsent, true, false, false, false, "GET", again},
        {never, true, false, false, false, "GET", answer},
    };
    for (const RetryCase& one : cases) {
        CoreWorld world;
        world.retry = one.rule;
        world.attempt = {one.reused, one.bound, one.repeated};
        world.begin(one.method, "M / HTTP/1.1\r\nHost: a\r\n\r\n", {});
        if (one.sent) {
            world.server_takes();
        } else {
            world.core().sent_to_server({net::IoStatus::failed, 0}, world.now);
        }

        world.server_ends(net::IoStatus::failed);

        EXPECT_EQ(world.ending(), Ending::server_closed);
        EXPECT_EQ(world.verdict(), one.verdict) << one.method << " sent: " << one.sent;
    }
}

// A reset is no end of TLS's, and a body with a length has an end of its own.
TEST_F(ExchangeEnd, IsUnconfirmedWhereOnlyTlsCouldHaveConfirmedIt) {
    const struct {
        std::string_view response;
        net::IoStatus how;
        bool unconfirmed;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\n\r\nhello", net::IoStatus::truncated, true},
        {"HTTP/1.1 200 OK\r\n\r\nhello", net::IoStatus::failed, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", net::IoStatus::truncated, false},
        {"HTTP/1.1 200 OK\r\nContent-Le", net::IoStatus::truncated, false},
    };
    for (const auto& one : cases) {
        CoreWorld world;
        world.begin("GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {});
        world.server_takes();
        std::string_view rest = one.response;
        while (!rest.empty() && world.server_says(rest)) {
        }

        world.server_ends(one.how);

        EXPECT_EQ(world.ending(), Ending::server_closed);
        EXPECT_EQ(world.core().end_unconfirmed(), one.unconfirmed) << one.response;
    }
}

// A server may close an idle connection at any byte of the request that meets it: the client's
// whole request is still there, and the client has heard nothing.
TEST_F(ExchangeEnd, AGetIsSentAgainWhereverInItsHeadAReusedConnectionEnded) {
    constexpr std::string_view kHead = "GET /orders HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct {
        std::string_view name;
        bool write;  ///< that failed, else it was the read
        net::IoStatus how;
    } ends[] = {
        {"reset under the write", true, net::IoStatus::failed},
        {"reset", false, net::IoStatus::failed},
        {"ended", false, net::IoStatus::closed},
    };
    for (const auto& end : ends) {
        for (std::size_t sent = 0; sent <= kHead.size(); ++sent) {
            if (end.write && sent == kHead.size()) continue;  // nothing is left to be written
            SCOPED_TRACE(std::string{end.name} + " after " + std::to_string(sent) + " bytes");
            CoreWorld world;
            world.attempt.reused = true;
            world.begin("GET", kHead, {});
            while (world.at_server.size() < sent) ASSERT_TRUE(world.server_takes(1));

            if (end.write) {
                world.core().sent_to_server({end.how, 0}, world.now);
            }
            world.core().read_from_server({end.how, 0}, world.now);

            EXPECT_EQ(world.ending(), Ending::server_closed);
            EXPECT_EQ(world.verdict(), Verdict::again);
            EXPECT_EQ(world.left_in_buffer(), kHead);
            EXPECT_EQ(world.at_client, "");
            world.attempt.repeated = true;
            EXPECT_EQ(world.verdict(), Verdict::answer) << "once only";
        }
    }
}

TEST_F(ExchangeEnd, ARefusalIsNotAskedForAgain) {
    world_.attempt.reused = true;
    world_.begin_get();

    world_.server_ends(net::IoStatus::refused);

    EXPECT_EQ(world_.ending(), Ending::server_refused);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ExchangeEnd, ARequestThatIsGoneIsNotSentAgain) {
    world_.attempt.reused = true;
    world_.begin("PUT", "PUT / HTTP/1.1\r\nHost: a\r\n\r\n", length(2), "a");
    world_.from_client("b");

    world_.server_ends(net::IoStatus::closed);

    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

}  // namespace
}  // namespace countersign::proxy::exchange
