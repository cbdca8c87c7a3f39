#include "proxy/net/byte_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "proxy/net/plain_stream.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Task<void> read_once(
    PlainStream& stream, TimePoint deadline, IoStatus& status, std::string& bytes
) {
    std::array<char, 64> into;
    const IoResult result = co_await read_some(stream, into.data(), into.size(), deadline);
    status = result.status;
    bytes.assign(into.data(), result.bytes);
}
Task<void> write_it(
    PlainStream& stream, std::string_view bytes, Clock::duration idle, IoStatus& status
) {
    status = co_await write_all(stream, bytes, idle);
}

class ByteStreamTest : public testing::Test {
protected:
    TestLoop loop_;
    SocketPair pair_;
    PlainStream stream_{loop_.event_loop(), std::move(pair_.ours)};
    IoStatus status_ = IoStatus::would_block_read;
    std::string bytes_;
};

TEST_F(ByteStreamTest, ReadsWhatComes) {
    loop_.spawn(read_once(stream_, kNever, status_, bytes_));

    pair_.say("GET / HTTP/1.1\r\n");
    loop_.run();

    EXPECT_EQ(status_, IoStatus::ok);
    EXPECT_EQ(bytes_, "GET / HTTP/1.1\r\n");
    EXPECT_FALSE(stream_.descriptor().readable()) << "a short read is the end of what is there";
}

TEST_F(ByteStreamTest, AReadThatFillsItsRoomMayHaveLeftMore) {
    loop_.spawn(read_once(stream_, kNever, status_, bytes_));

    pair_.say(std::string(64, 'a') + "rest");
    loop_.run();

    EXPECT_EQ(bytes_, std::string(64, 'a'));
    EXPECT_TRUE(stream_.descriptor().readable());
    loop_.spawn(read_once(stream_, kNever, status_, bytes_));
    EXPECT_EQ(bytes_, "rest");
}

TEST_F(ByteStreamTest, AReadSaysThatTheClientHasClosed) {
    loop_.spawn(read_once(stream_, kNever, status_, bytes_));

    pair_.close();
    loop_.run();

    EXPECT_EQ(status_, IoStatus::closed);
}

TEST_F(ByteStreamTest, GivesWhatCameBeforeTheCloseFirst) {
    pair_.say("last words");
    pair_.finish_sending();

    loop_.run(read_once(stream_, kNever, status_, bytes_));
    EXPECT_EQ(bytes_, "last words");
    loop_.spawn(read_once(stream_, kNever, status_, bytes_));

    EXPECT_EQ(status_, IoStatus::closed);
}

TEST_F(ByteStreamTest, AReadTimesOut) {
    loop_.run(read_once(stream_, Clock::now() + milliseconds{5}, status_, bytes_));

    EXPECT_EQ(status_, IoStatus::timed_out);
}

TEST_F(ByteStreamTest, AReadIsCancelled) {
    loop_.spawn(read_once(stream_, kNever, status_, bytes_));

    stream_.descriptor().cancel();
    loop_.run();

    EXPECT_EQ(status_, IoStatus::cancelled);
}

TEST_F(ByteStreamTest, WritesWithoutWaitingWhereThereIsRoom) {
    loop_.spawn(write_it(stream_, "HTTP/1.1 200 OK\r\n", hours{1}, status_));

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

TEST_F(ByteStreamTest, WritesMoreThanTheSocketHolds) {
    std::string body(4 << 20, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i % 251);
    std::string heard;

    loop_.spawn(write_it(stream_, body, hours{1}, status_));
    EXPECT_EQ(status_, IoStatus::would_block_read) << "not everything fits at once";
    loop_.run(hear_all(loop_.event_loop(), pair_, body.size(), heard));

    EXPECT_EQ(status_, IoStatus::ok);
    EXPECT_TRUE(heard == body);
}

TEST_F(ByteStreamTest, AWriteToAClientThatReadsNothingTimesOut) {
    const std::string body(4 << 20, 'x');

    loop_.run(write_it(stream_, body, milliseconds{5}, status_));

    EXPECT_EQ(status_, IoStatus::timed_out);
}

TEST_F(ByteStreamTest, AWriteToAClientThatIsGoneFails) {
    pair_.close();

    loop_.run(write_it(stream_, "too late", hours{1}, status_));

    EXPECT_EQ(status_, IoStatus::failed);
}

TEST_F(ByteStreamTest, AWriteIsCancelled) {
    const std::string body(4 << 20, 'x');
    loop_.spawn(write_it(stream_, body, hours{1}, status_));

    stream_.descriptor().cancel();
    loop_.run();

    EXPECT_EQ(status_, IoStatus::cancelled);
}

/// A stream that has to write before it reads on, once, as TLS may.
class WantsOutputFirst {
public:
    explicit WantsOutputFirst(PlainStream& stream) : stream_{stream} {}

    IoResult try_read(char* into, std::size_t room) {
        if (++reads == 1) return {IoStatus::would_block_write, 0};
        return stream_.try_read(into, room);
    }
    IoResult try_write(std::string_view bytes) { return stream_.try_write(bytes); }
    bool has_input() const { return reads == 0 || stream_.has_input(); }
    Descriptor& descriptor() { return stream_.descriptor(); }

    int reads = 0;

private:
    PlainStream& stream_;
};

Task<void> read_after_writing(WantsOutputFirst& stream, IoStatus& status) {
    std::array<char, 64> into;
    const TimePoint soon = Clock::now() + milliseconds{5};
    const IoResult result = co_await read_some(stream, into.data(), into.size(), soon);
    status = result.status;
}

TEST_F(ByteStreamTest, AReadThatHasToWriteFirstIsTakenAgainOnceItMay) {
    WantsOutputFirst stream{stream_};

    loop_.run(read_after_writing(stream, status_));

    EXPECT_EQ(stream.reads, 2) << "though nothing has come";
    EXPECT_EQ(status_, IoStatus::timed_out) << "and then it waits for that";
}

}  // namespace
}  // namespace countersign::proxy::net
