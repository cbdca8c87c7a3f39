#include "proxy/net/plain_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Task<void> read_some(
    PlainStream& stream, TimePoint deadline, IoStatus& status, std::string& bytes
) {
    std::array<char, 64> into;
    const IoResult result = co_await stream.read_some(into.data(), into.size(), deadline);
    status = result.status;
    bytes.assign(into.data(), result.bytes);
}
Task<void> write_all(
    PlainStream& stream, std::string_view bytes, Clock::duration idle, IoStatus& status
) {
    status = co_await stream.write_all(bytes, idle);
}

class PlainStreamTest : public testing::Test {
protected:
    TestLoop loop_;
    SocketPair pair_;
    PlainStream stream_{loop_.event_loop(), pair_.ours};
    IoStatus status_ = IoStatus::would_block_read;
    std::string bytes_;
};

TEST_F(PlainStreamTest, ReadsWhatComes) {
    loop_.spawn(read_some(stream_, kNever, status_, bytes_));

    pair_.say("GET / HTTP/1.1\r\n");
    loop_.run();

    EXPECT_EQ(status_, IoStatus::ok);
    EXPECT_EQ(bytes_, "GET / HTTP/1.1\r\n");
    EXPECT_FALSE(stream_.descriptor().readable()) << "a short read is the end of what is there";
}

TEST_F(PlainStreamTest, AReadThatFillsItsRoomMayHaveLeftMore) {
    loop_.spawn(read_some(stream_, kNever, status_, bytes_));

    pair_.say(std::string(64, 'a') + "rest");
    loop_.run();

    EXPECT_EQ(bytes_, std::string(64, 'a'));
    EXPECT_TRUE(stream_.descriptor().readable());
    loop_.spawn(read_some(stream_, kNever, status_, bytes_));
    EXPECT_EQ(bytes_, "rest");
}

TEST_F(PlainStreamTest, AReadSaysThatTheClientHasClosed) {
    loop_.spawn(read_some(stream_, kNever, status_, bytes_));

    pair_.close();
    loop_.run();

    EXPECT_EQ(status_, IoStatus::closed);
}

TEST_F(PlainStreamTest, GivesWhatCameBeforeTheCloseFirst) {
    pair_.say("last words");
    pair_.finish_sending();

    loop_.run(read_some(stream_, kNever, status_, bytes_));
    EXPECT_EQ(bytes_, "last words");
    loop_.spawn(read_some(stream_, kNever, status_, bytes_));

    EXPECT_EQ(status_, IoStatus::closed);
}

TEST_F(PlainStreamTest, AReadTimesOut) {
    loop_.run(read_some(stream_, Clock::now() + milliseconds{5}, status_, bytes_));

    EXPECT_EQ(status_, IoStatus::timed_out);
}

TEST_F(PlainStreamTest, AReadIsCancelled) {
    loop_.spawn(read_some(stream_, kNever, status_, bytes_));

    stream_.descriptor().cancel();

    EXPECT_EQ(status_, IoStatus::cancelled);
}

TEST_F(PlainStreamTest, WritesWithoutWaitingWhereThereIsRoom) {
    loop_.spawn(write_all(stream_, "HTTP/1.1 200 OK\r\n", hours{1}, status_));

    EXPECT_EQ(status_, IoStatus::ok);
    EXPECT_EQ(pair_.hear(), "HTTP/1.1 200 OK\r\n");
}

Task<void> hear_all(
    EventLoop& event_loop, const SocketPair& pair, std::size_t expected, std::string& heard
) {
    while (heard.size() < expected) {
        co_await next_round(event_loop);
        heard += pair.hear();
    }
}

TEST_F(PlainStreamTest, WritesMoreThanTheSocketHolds) {
    std::string body(4 << 20, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i % 251);
    std::string heard;

    loop_.spawn(write_all(stream_, body, hours{1}, status_));
    EXPECT_EQ(status_, IoStatus::would_block_read) << "not everything fits at once";
    loop_.run(hear_all(loop_.event_loop(), pair_, body.size(), heard));

    EXPECT_EQ(status_, IoStatus::ok);
    EXPECT_TRUE(heard == body);
}

TEST_F(PlainStreamTest, AWriteToAClientThatReadsNothingTimesOut) {
    const std::string body(4 << 20, 'x');

    loop_.run(write_all(stream_, body, milliseconds{5}, status_));

    EXPECT_EQ(status_, IoStatus::timed_out);
}

TEST_F(PlainStreamTest, AWriteToAClientThatIsGoneFails) {
    pair_.close();

    loop_.run(write_all(stream_, "too late", hours{1}, status_));

    EXPECT_EQ(status_, IoStatus::failed);
}

TEST_F(PlainStreamTest, AWriteIsCancelled) {
    const std::string body(4 << 20, 'x');
    loop_.spawn(write_all(stream_, body, hours{1}, status_));

    stream_.descriptor().cancel();

    EXPECT_EQ(status_, IoStatus::cancelled);
}

Task<void> linger(PlainStream& stream, TimePoint deadline, bool& ended) {
    co_await stream.linger(deadline);
    ended = true;
}
Task<void> close_after_the_answer(EventLoop& event_loop, SocketPair& pair, bool& ended) {
    pair.say("more of a body that nobody wants");
    co_await next_round(event_loop);
    char byte;
    EXPECT_EQ(::recv(pair.peer(), &byte, 1, 0), 0) << "the client is told that this was all";
    EXPECT_FALSE(ended);
    pair.close();
}

TEST_F(PlainStreamTest, LingersUntilTheClientHasClosedToo) {
    bool ended = false;
    loop_.spawn(linger(stream_, kNever, ended));

    loop_.run(close_after_the_answer(loop_.event_loop(), pair_, ended));

    EXPECT_TRUE(ended);
}

TEST_F(PlainStreamTest, LingersNoLongerThanItsDeadline) {
    bool ended = false;
    const TimePoint deadline = Clock::now() + milliseconds{10};

    loop_.run(linger(stream_, deadline, ended));

    EXPECT_TRUE(ended);
    EXPECT_GE(Clock::now(), deadline);
}

}  // namespace
}  // namespace countersign::proxy
