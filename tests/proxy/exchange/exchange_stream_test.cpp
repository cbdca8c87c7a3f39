// What stands between an exchange and its server need not be HTTP/1.1: here it keeps heads and
// bodies apart and frames them in its own way, as HTTP/2 does, and the exchange does not see it.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/exchange/exchange_pump.hpp"
#include "tests/proxy/exchange/stream_of_test.hpp"

namespace countersign::proxy::exchange {
namespace {

using Frames = std::deque<std::string>;

/// Takes a head as one frame, and of a body what has room in the next. Gives the frames of a
/// response one by one, each where it is asked for, and then its end.
class FramedStream final : public StreamOfTest {
public:
    using StreamOfTest::StreamOfTest;

    net::IoResult send_head(std::string_view text, std::size_t head) override {
        if (is_not_ready()) return {net::IoStatus::would_block_write, 0};
        const std::size_t size = std::min(head, most_of_head);
        steps.push_back("head " + std::string{text.substr(0, size)});
        return {net::IoStatus::ok, size};
    }
    net::IoResult send_body(std::string_view bytes) override {
        if (is_not_ready()) return {net::IoStatus::would_block_write, 0};
        const std::size_t size = std::min(bytes.size(), most_of_body);
        steps.push_back("body " + std::string{bytes.substr(0, size)});
        return {net::IoStatus::ok, size};
    }
    net::IoResult read_head(std::span<char> room) override {
        if (steps.size() < answers_after || is_not_ready()) {
            return {net::IoStatus::would_block_read, 0};
        }
        return give(heads, room);
    }
    net::IoResult read_body(std::span<char> room) override {
        EXPECT_TRUE(heads.empty()) << "the body is read before its head";
        if (is_not_ready()) return {net::IoStatus::would_block_read, 0};
        return give(body, room);
    }
    net::IoResult send(std::string_view) override {
        ADD_FAILURE() << "this is no HTTP";
        return {net::IoStatus::failed, 0};
    }
    net::IoResult receive(std::span<char>) override { return send({}); }
    bool has_input() const override { return true; }

    Frames heads;
    Frames body;
    bool hesitates = false;         ///< each step has to be taken twice
    std::size_t answers_after = 0;  ///< steps
    std::size_t most_of_head = 1000;
    std::size_t most_of_body = 1000;
    std::vector<std::string> steps;  ///< of the request

private:
    bool is_not_ready() { return hesitates && (hesitated_ = !hesitated_); }

    static net::IoResult give(Frames& frames, std::span<char> room) {
        if (frames.empty()) return {net::IoStatus::closed, 0};
        const std::size_t size = frames.front().copy(room.data(), room.size());
        frames.pop_front();
        return {net::IoStatus::ok, size};
    }

    bool hesitated_ = false;
};

class ExchangeStream : public StreamTest<FramedStream> {
protected:
    void run() { loop_.run(pump(resources_, client_, server_, world_.core())); }

    const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string kPost = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";
};

TEST_F(ExchangeStream, IsGivenAHeadAndAsksForAHeadAndABody) {
    world_.begin_get();
    server_.heads = {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"};
    server_.body = {"ans", "wer"};

    run();

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_EQ(server_.steps, std::vector{"head " + kGet});
    EXPECT_EQ(without_via(client_pair_.hear()), kAnswer);
}

// HTTP/1.1 sends it with the head; who frames it does not have to.
TEST_F(ExchangeStream, IsGivenABodyBehindItsHead) {
    world_.begin_post(length(12), "came at once");
    server_.most_of_body = 7;
    server_.heads = {"HTTP/1.1 204 No Content\r\n\r\n"};

    run();

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_EQ(
        server_.steps,
        (std::vector{"head " + kPost, std::string{"body came at"}, std::string{"body  once"}})
    );
}

TEST_F(ExchangeStream, IsGivenTheRestOfAHeadAsAHead) {
    world_.begin_post(length(4), "body");
    server_.most_of_head = 15;
    server_.heads = {"HTTP/1.1 204 No Content\r\n\r\n"};

    run();

    EXPECT_EQ(
        server_.steps,
        (std::vector{
            "head " + kPost.substr(0, 15), "head " + kPost.substr(15), std::string{"body body"}})
    );
}

TEST_F(ExchangeStream, IsGivenWhatComesLaterAsABody) {
    world_.begin_post(length(12), "came");
    client_pair_.say(" in two ");
    server_.answers_after = 3;
    server_.heads = {"HTTP/1.1 204 No Content\r\n\r\n"};

    run();

    EXPECT_EQ(
        server_.steps,
        (std::vector{"head " + kPost, std::string{"body came"}, std::string{"body  in two "}})
    );
}

TEST_F(ExchangeStream, IsAskedAgainForWhatItCouldNotDo) {
    world_.begin_post(length(12), "came at once");
    server_.hesitates = true;
    server_.most_of_body = 7;
    server_.answers_after = 3;
    server_.heads = {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"};
    server_.body = {"ans", "wer"};
    server_pair_.say("there is something to be read");

    run();

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_EQ(
        server_.steps,
        (std::vector{"head " + kPost, std::string{"body came at"}, std::string{"body  once"}})
    );
    EXPECT_EQ(without_via(client_pair_.hear()), kAnswer);
}

// As its head has said that it would be framed.
TEST_F(ExchangeStream, IsGivenTheChunksOfABody) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    world_.begin("POST", head, BodyMeter{http::Framing::chunked, 0}, "3\r\nabc\r\n");
    client_pair_.say("0\r\n\r\n");
    server_.answers_after = 3;
    server_.heads = {"HTTP/1.1 204 No Content\r\n\r\n"};

    run();

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_EQ(
        server_.steps,
        (std::vector{
            "head " + head, std::string{"body 3\r\nabc\r\n"}, std::string{"body 0\r\n\r\n"}})
    );
}

TEST_F(ExchangeStream, EndsABodyThatSaysNoLength) {
    world_.begin_get();
    server_.heads = {"HTTP/1.1 200 OK\r\n\r\n"};
    server_.body = {"ans", "wer"};

    run();

    EXPECT_EQ(world_.ending(), Ending::complete);
    const std::string heard = client_pair_.hear();
    EXPECT_NE(heard.find("Transfer-Encoding: chunked"), std::string::npos) << heard;
    EXPECT_TRUE(heard.ends_with("\r\n\r\n3\r\nans\r\n3\r\nwer\r\n0\r\n\r\n")) << heard;
}

TEST_F(ExchangeStream, IsAskedForHeadsUntilTheFinalOne) {
    world_.begin_get();
    server_.heads = {
        "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n", "\r\n"};
    server_.body = {"answer"};

    run();

    EXPECT_EQ(world_.ending(), Ending::complete);
    const std::string heard = without_via(client_pair_.hear());
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 103 Early Hints\r\n")) << heard;
    EXPECT_TRUE(heard.ends_with(kAnswer)) << heard;
}

}  // namespace
}  // namespace countersign::proxy::exchange
