#include "proxy/http/trailers.hpp"

#include <gtest/gtest.h>

#include <string>

#include "proxy/http/head_reader.hpp"
#include "tests/proxy/exchange/core_world.hpp"

namespace countersign::proxy::exchange {
namespace {

const std::string kChunk = "5\r\nhello\r\n";
const std::string kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

http::TrailerRules rules_of(const std::string& fields, const http::RequestEdits* edits = nullptr) {
    const std::string bytes =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + fields + "\r\n";
    http::Head head;
    EXPECT_EQ(
        http::parse_request_head(bytes, 0, 100, head).state, http::HeadResult::State::complete
    );
    return http::TrailerRules{head, edits};
}

std::string kept(const http::TrailerRules& rules, std::string_view lines) {
    std::string out;
    rules.append(lines, out);
    return out;
}

TEST(TrailerRules, LetPassWhatIsOfNoConcernToAnybodyOnTheWay) {
    for (const std::string_view line :
         {"X-Sum: 1\r\n", "ETag: \"a\"\r\n", "Content-Digest: sha-256=:a:\r\n",
          "grpc-status: 0\r\n", "Server-Timing: a;dur=1\r\n",
          "Authentication-Info: nextnonce=\"a\"\r\n", "A:\r\n"}) {
        EXPECT_EQ(kept({}, line), line);
    }
}

TEST(TrailerRules, DropWhatFramesRoutesAuthenticatesOrIsForOneHop) {
    for (const std::string_view name :
         {"Content-Length",
          "transfer-encoding",
          "HOST",
          "Connection",
          "TE",
          "Trailer",
          "Upgrade",
          "Expect",
          "Via",
          "Keep-Alive",
          "Proxy-Connection",
          "Proxy-Authorization",
          "Proxy-Authenticate",
          "Authorization",
          "WWW-Authenticate",
          "Max-Forwards",
          "Cookie",
          "Set-Cookie",
          "Location",
          "Content-Encoding",
          "Content-Type",
          "Content-Range",
          "Forwarded",
          "X-Forwarded-For",
          "X-Countersign-Profile",
          "Countersign-Identity",
          "Proxy-Status",
          "Proxy-Authentication-Info",
          "traceparent",
          "X-Request-Id"}) {
        const std::string line = std::string{name} + ": 5\r\n";

        EXPECT_EQ(kept({}, "A: 1\r\n" + line + "B: 2\r\n"), "A: 1\r\nB: 2\r\n") << name;
        EXPECT_EQ(kept({}, "X-" + line), name == "Forwarded-For" ? "" : "X-" + line) << name;
    }
}

TEST(TrailerRules, DropWhatConnectionLists) {
    const http::TrailerRules rules = rules_of("Connection: x-hop, close\r\n");

    EXPECT_EQ(kept(rules, "X-Hop: 1\r\nX-Hop-2: 2\r\n"), "X-Hop-2: 2\r\n");
}

TEST(TrailerRules, DropWhatTheOperatorSetsOrRemoves) {
    http::RequestEdits edits;
    edits.dropped = {"X-Api-Key", "X-Secret"};
    const http::TrailerRules rules = rules_of("", &edits);

    EXPECT_EQ(kept(rules, "x-api-key: 1\r\nX-Secret: 2\r\nX-Sum: 3\r\n"), "X-Sum: 3\r\n");
}

class Trailers : public ExchangeTest {};

TEST_F(Trailers, OfAResponsePassButForThoseThatMayNotHoweverTheyAreCut) {
    const std::string bytes = kHead + "Connection: X-Hop\r\n\r\n" + kChunk +
                              "0\r\nX-Sum: 1\r\nContent-Length: 3\r\nX-Hop: 1\r\nB: 2\r\n\r\n";
    for (std::size_t cut = 1; cut <= bytes.size(); ++cut) {
        CoreWorld world;
        world.begin_get();
        world.from_server(std::string_view{bytes}.substr(0, cut));
        world.from_server(std::string_view{bytes}.substr(cut));

        EXPECT_EQ(
            without_via(world.at_client), kHead + "\r\n" + kChunk + "0\r\nX-Sum: 1\r\nB: 2\r\n\r\n"
        ) << cut;
        EXPECT_EQ(world.ending(), Ending::complete) << cut;
        EXPECT_TRUE(world.core().server_keeps()) << cut;
        EXPECT_EQ(world.core().progress().bytes_out, world.at_client.size()) << cut;
    }
}

TEST_F(Trailers, ThatAreAllDroppedLeaveAWholeBody) {
    world_.begin_get();

    world_.from_server(kHead + "\r\n" + kChunk + "0\r\nHost: a\r\n\r\n");

    expect_answered(kHead + "\r\n" + kChunk + "0\r\n\r\n");
}

TEST_F(Trailers, DoNotHoldUpTheContentBeforeThem) {
    world_.begin_get();

    world_.from_server(kHead + "\r\n" + kChunk + "0\r\nX-Sum: ");

    EXPECT_EQ(without_via(world_.at_client), kHead + "\r\n" + kChunk + "0\r\n");
    EXPECT_FALSE(core().over());
}

TEST_F(Trailers, LargerThanABufferPass) {
    std::string trailers;
    for (int i = 0; i < 15; ++i) trailers += "A: " + std::string(1019, 'b') + "\r\n";
    ASSERT_GT(trailers.size(), CoreWorld::kPayload);
    world_.begin_get();

    world_.from_server(kHead + "\r\n" + kChunk + "0\r\n" + trailers + "\r\n");

    expect_answered(kHead + "\r\n" + kChunk + "0\r\n" + trailers + "\r\n");
}

TEST_F(Trailers, AreNotForAClientOfHttp10) {
    world_.request.minor_version = 0;
    world_.request.client_keeps = false;
    world_.begin_get();

    world_.from_server(kHead + "\r\n" + kChunk + "0\r\nX-Sum: 1\r\n\r\n");

    expect_answered("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
}

/// The request's chunked body, of which `here` comes with its head.
void post(CoreWorld& world, std::string_view body, std::size_t here) {
    static constexpr std::string_view kPost = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";
    world.request.trailers = rules_of("Connection: X-Hop\r\n");
    world.begin_with_body_at_hand("POST", kPost, BodyMeter{http::Framing::chunked, 0}, body, here);
}

TEST_F(Trailers, OfARequestPassButForThoseThatMayNotHoweverTheyAreCut) {
    const std::string body =
        kChunk + "0\r\nX-Sum: 1\r\nAuthorization: Basic eDp5\r\nX-Hop: 1\r\nB: 2\r\n\r\n";
    const std::string next = "GET / HTTP/1.1\r\n";
    for (std::size_t here = 0; here <= body.size() + next.size(); ++here) {
        CoreWorld world;
        const std::string bytes = body + next;
        post(world, bytes, here);
        world.settle();
        if (here < body.size()) world.from_client(std::string_view{bytes}.substr(here));
        world.settle();

        EXPECT_EQ(
            world.at_server,
            "POST / HTTP/1.1\r\nHost: a\r\n\r\n" + kChunk + "0\r\nX-Sum: 1\r\nB: 2\r\n\r\n"
        ) << here;
        world.from_server(kAnswer);
        EXPECT_EQ(world.ending(), Ending::complete) << here;
        EXPECT_TRUE(world.core().progress().keep_client) << here;
        EXPECT_EQ(world.request.body.total(), body.size()) << here;
        // A request that stands in the buffer stays there until its exchange is over.
        std::string_view left = world.left_in_buffer();
        if (world.request.repeatable) left.remove_prefix(world.request.first_write);
        EXPECT_EQ(left, here < body.size() ? next : next.substr(0, here - body.size())) << here;
    }
}

TEST_F(Trailers, OfARequestAreSentAsTheServerTakesThem) {
    const std::string body = kChunk + "0\r\nX-Sum: 1\r\nHost: b\r\n\r\n";
    post(world_, body, 0);
    while (world_.server_takes(7)) {
    }
    std::string_view rest = body;
    while (!rest.empty() && world_.client_says(rest)) {
        while (world_.server_takes(3)) {
        }
    }

    EXPECT_TRUE(world_.at_server.ends_with("\r\n\r\n" + kChunk + "0\r\nX-Sum: 1\r\n\r\n"))
        << world_.at_server;
    EXPECT_FALSE(core().reads_client());
}

}  // namespace
}  // namespace countersign::proxy::exchange
