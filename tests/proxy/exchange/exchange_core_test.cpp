#include "proxy/exchange/exchange_core.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/exchange/core_world.hpp"

namespace countersign::proxy::exchange {
namespace {

const auto kNoBody = BodyMeter{};

BodyMeter chunked() { return BodyMeter{http::Framing::chunked, 0}; }

class ExchangeCoreTest : public ExchangeTest {};

TEST_F(ExchangeCoreTest, SendsTheRequestAndReadsAtOnce) {
    world_.begin_get();

    EXPECT_EQ(core().to_server(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(core().reads_server());
    EXPECT_FALSE(core().reads_client());
    EXPECT_EQ(core().to_client(), "");
    EXPECT_FALSE(core().over());
}

TEST_F(ExchangeCoreTest, PassesAResponseOn) {
    world_.begin_get();

    world_.from_server(kAnswer);

    expect_answered(kAnswer);
    EXPECT_EQ(world_.verdict(), Verdict::done);
    EXPECT_TRUE(core().server_keeps());
    EXPECT_FALSE(core().server_closes());
    EXPECT_TRUE(core().progress().keep_client);
    EXPECT_EQ(core().progress().status, 200);
    EXPECT_EQ(core().progress().bytes_out, world_.at_client.size());
}

TEST_F(ExchangeCoreTest, AWholeResponseLeavesInOneWrite) {
    world_.begin_get();
    world_.server_takes();
    std::string_view answer = kAnswer;

    world_.server_says(answer);

    EXPECT_EQ(without_via(std::string{core().to_client()}), kAnswer);
    EXPECT_FALSE(core().reads_server());
}

TEST_F(ExchangeCoreTest, AHeadWithoutItsBodyGoesOnWhenNothingMoreComes) {
    world_.begin_get();
    world_.server_takes();
    std::string_view head = kAnswer.substr(0, kAnswer.size() - 6);
    world_.server_says(head);
    EXPECT_EQ(core().to_client(), "");

    world_.server_is_silent();

    EXPECT_NE(core().to_client(), "");
}

TEST_F(ExchangeCoreTest, ReadsNoMoreWhileTheClientDoesNotTakeWhatIsHere) {
    world_.begin_get();
    world_.server_takes();
    std::string_view part = kAnswer.substr(0, kAnswer.size() - 1);
    world_.server_says(part);
    world_.server_is_silent();

    world_.client_takes(10);
    EXPECT_FALSE(core().reads_server());
    world_.client_takes();
    EXPECT_TRUE(core().reads_server());
}

TEST_F(ExchangeCoreTest, ABodyIsPassedABufferAtATime) {
    const std::string body(3 * CoreWorld::kPayload, 'x');
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    world_.begin_get();
    world_.server_takes();
    std::string_view rest = answer;

    world_.server_says(rest);

    EXPECT_FALSE(core().reads_server()) << "the buffer is full";
    world_.from_server(rest);
    expect_answered(answer);
}

TEST_F(ExchangeCoreTest, AServerThatEndsItsConnectionIsNotKept) {
    world_.begin_get();

    world_.from_server("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

    expect_answered("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_FALSE(core().server_keeps());
    EXPECT_TRUE(core().server_closes());
    EXPECT_TRUE(core().progress().keep_client);
}

TEST_F(ExchangeCoreTest, AServerThatSendsMoreThanItsResponseIsNotKept) {
    world_.begin_get();

    world_.from_server(std::string{kAnswer} + "HTTP/1.1 200 OK\r\n");

    expect_answered(kAnswer);
    EXPECT_FALSE(core().server_keeps());
    EXPECT_FALSE(core().server_closes());
}

TEST_F(ExchangeCoreTest, ADrainedExchangeIsItsClientsLast) {
    world_.begin_get();
    world_.settle();

    core().drain();
    world_.from_server(kAnswer);

    EXPECT_NE(world_.at_client.find("Connection: close\r\n"), std::string::npos);
    EXPECT_FALSE(core().progress().keep_client);
    EXPECT_TRUE(core().server_keeps());
}

TEST_F(ExchangeCoreTest, AnInterimResponseGoesFirstAndGivesOthersTheirTurn) {
    world_.begin_get();

    world_.from_server("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");

    EXPECT_EQ(without_via(world_.at_client), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    EXPECT_FALSE(core().progress().response_started);
    EXPECT_TRUE(core().take_turn());
    EXPECT_FALSE(core().take_turn());
    world_.at_client.clear();
    world_.from_server(kAnswer);
    expect_answered(kAnswer);
}

TEST_F(ExchangeCoreTest, AnHttp10ClientSeesNoInterimResponse) {
    world_.request.minor_version = 0;
    world_.begin_get();

    world_.from_server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
    EXPECT_TRUE(core().take_turn());
    world_.from_server("HTTP/1.1 204 No Content\r\n\r\n");

    expect_answered("HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST_F(ExchangeCoreTest, AnInterimResponseMayFillTheBuffer) {
    for (const bool newer : {false, true}) {
        CoreWorld world;
        world.request.minor_version = newer ? 1 : 0;
        world.begin_get();
        const std::string_view front = "HTTP/1.1 103 Early Hints\r\nX: ";
        const std::string padding(CoreWorld::kPayload - front.size() - 4, 'x');

        world.from_server(std::string{front} + padding + "\r\n\r\n");
        EXPECT_FALSE(world.core().server_room().empty());
        world.from_server("HTTP/1.1 204 No Content\r\n\r\n");

        EXPECT_EQ(world.ending(), Ending::complete) << newer;
    }
}

TEST_F(ExchangeCoreTest, AResponseToHeadHasNoBody) {
    world_.begin("HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", kNoBody);

    world_.from_server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_TRUE(core().server_keeps());
}

// --- The request's body.

TEST_F(ExchangeCoreTest, SendsABodyThatIsHereWithItsHead) {
    world_.begin_post(length(4), "body");

    EXPECT_TRUE(core().to_server().ends_with("\r\n\r\nbody"));
    world_.settle();
    EXPECT_FALSE(core().reads_client());
    EXPECT_TRUE(world_.holds_request()) << "it may have to be sent again";
}

TEST_F(ExchangeCoreTest, ReadsTheRestOfABody) {
    world_.begin_post(length(8), "body");
    EXPECT_FALSE(core().reads_client()) << "what is here goes first";

    world_.from_client("more");
    world_.from_server(kAnswer);

    EXPECT_TRUE(world_.at_server.ends_with("\r\n\r\nbodymore"));
    expect_answered(kAnswer);
    EXPECT_TRUE(core().server_keeps());
    EXPECT_TRUE(core().progress().keep_client);
}

TEST_F(ExchangeCoreTest, WhatFollowsABodyIsTheNextRequest) {
    world_.begin_post(chunked());
    world_.settle();
    std::string_view bytes = "4\r\nbody\r\n0\r\n\r\nGET /next";

    world_.client_says(bytes);
    world_.settle();

    EXPECT_TRUE(world_.at_server.ends_with("4\r\nbody\r\n0\r\n\r\n"));
    EXPECT_EQ(world_.left_in_buffer(), "GET /next");
}

TEST_F(ExchangeCoreTest, HoldsNoBufferWhileItWaits) {
    world_.begin_post(length(8), "body");
    world_.settle();

    const char* const room = core().server_room().data();
    core().rest();
    EXPECT_FALSE(world_.holds_request());
    EXPECT_TRUE(world_.pool_has(room));
    world_.from_client("more");
    core().rest();

    EXPECT_FALSE(world_.holds_request()) << "nor while it waits for the answer";
    world_.from_server(kAnswer);
    EXPECT_TRUE(world_.at_server.ends_with("bodymore"));
}

TEST_F(ExchangeCoreTest, AMalformedBodyIsTheClientsFault) {
    world_.begin_post(chunked());

    world_.from_client("nonsense\r\n");

    EXPECT_EQ(world_.ending(), Ending::request_malformed);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ExchangeCoreTest, ABodyMayHaveNoMoreThanTheLimit) {
    world_.request.max_body = 20;
    world_.begin_post(chunked());
    const std::string_view ten = "a\r\n0123456789\r\n";  // what frames them is not counted

    world_.from_client(ten);
    world_.from_client(ten);
    EXPECT_FALSE(core().over());
    world_.from_client("1\r\nx\r\n");

    EXPECT_EQ(world_.ending(), Ending::request_too_large);
}

// --- The response's framing changes.

TEST_F(ExchangeCoreTest, ABodyUntilCloseIsChunkedForTheClient) {
    world_.begin_get();

    world_.from_server("HTTP/1.1 200 OK\r\n\r\nfirst");
    world_.from_server("second");
    world_.server_ends(net::IoStatus::closed);

    expect_answered(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n"
    );
    EXPECT_FALSE(core().server_keeps());
    EXPECT_TRUE(core().progress().keep_client);
}

TEST_F(ExchangeCoreTest, ABodyUntilACutIsNotWhole) {
    for (const net::IoStatus how : {net::IoStatus::truncated, net::IoStatus::failed}) {
        CoreWorld world;
        world.begin_get();
        world.from_server("HTTP/1.1 200 OK\r\n\r\nfirst");

        world.server_ends(how);

        EXPECT_EQ(world.ending(), Ending::server_closed);
        EXPECT_EQ(world.verdict(), Verdict::cut);
        EXPECT_TRUE(world.at_client.ends_with("5\r\nfirst\r\n"));
    }
}

TEST_F(ExchangeCoreTest, AnHttp10ClientGetsNoChunks) {
    world_.request.minor_version = 0;
    world_.begin_get();

    world_.from_server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    world_.from_server("2\r\nde\r\n0\r\n\r\n");

    EXPECT_TRUE(world_.at_client.ends_with("\r\n\r\nabcde")) << world_.at_client;
    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_TRUE(core().server_keeps());
    EXPECT_FALSE(core().progress().keep_client) << "its body ends with the connection";
}

TEST_F(ExchangeCoreTest, ABodyIsHeldWhereACutWouldNotShow) {
    world_.request.minor_version = 0;
    world_.request.cut_shows = false;
    world_.begin_get();

    world_.from_server("HTTP/1.1 200 OK\r\n\r\nfirst");
    EXPECT_EQ(world_.at_client, "");
    world_.from_server("second");
    world_.server_ends(net::IoStatus::closed);

    EXPECT_TRUE(world_.at_client.ends_with("Content-Length: 11\r\n\r\nfirstsecond"))
        << world_.at_client;
    EXPECT_EQ(world_.ending(), Ending::complete);
}

TEST_F(ExchangeCoreTest, ABodyThatIsHeldAndCutIsAnAnswer) {
    world_.request.minor_version = 0;
    world_.request.cut_shows = false;
    world_.begin_get();
    world_.from_server("HTTP/1.1 200 OK\r\n\r\nfirst");

    world_.server_ends(net::IoStatus::truncated);

    EXPECT_EQ(world_.at_client, "");
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

TEST_F(ExchangeCoreTest, ABodyIsHeldUpToABound) {
    world_.request.minor_version = 0;
    world_.request.cut_shows = false;
    world_.begin_get();
    world_.from_server("HTTP/1.1 200 OK\r\n\r\n");

    world_.from_server(std::string(ExchangeCore::kMostHeld, 'x'));
    EXPECT_FALSE(core().over());
    world_.from_server("x");

    EXPECT_EQ(world_.ending(), Ending::response_too_long);
    EXPECT_EQ(world_.verdict(), Verdict::answer);
}

}  // namespace
}  // namespace countersign::proxy::exchange
