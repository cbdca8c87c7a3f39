#include "proxy/net/descriptor.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>

#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

using std::chrono::milliseconds;

Task<void> wait_readable(Descriptor& descriptor, TimePoint deadline, std::optional<Wait>& result) {
    result = co_await descriptor.wait_readable(deadline);
}
Task<void> wait_writable(Descriptor& descriptor, TimePoint deadline, std::optional<Wait>& result) {
    result = co_await descriptor.wait_writable(deadline);
}

Task<void> wait_and_take_nobody(Descriptor& listener, std::optional<Wait>& result) {
    co_await listener.wait_readable(kNever);
    listener.drained();
    result = co_await listener.wait_readable(kNever);
}

/// Reads what is there and says so, as every user of a descriptor does.
void read_all(Descriptor& descriptor) {
    char bytes[4096];
    while (::recv(descriptor.fd(), bytes, sizeof bytes, 0) > 0) {
    }
    descriptor.drained();
}

class DescriptorTest : public testing::Test {
protected:
    TestLoop loop_;
    EventLoop& event_loop_ = loop_.event_loop();
    SocketPair pair_;
    Descriptor descriptor_{event_loop_, std::move(pair_.ours)};
    std::optional<Wait> read_;
    std::optional<Wait> written_;
};

TEST_F(DescriptorTest, KnowsNothingBeforeItsFirstEvent) {
    EXPECT_FALSE(descriptor_.readable());
    EXPECT_FALSE(descriptor_.writable());
    EXPECT_FALSE(descriptor_.peer_closed());
    EXPECT_FALSE(descriptor_.waiting());
}

TEST_F(DescriptorTest, AWaitEndsWhenBytesCome) {
    loop_.spawn(wait_readable(descriptor_, kNever, read_));
    EXPECT_TRUE(descriptor_.waiting());

    pair_.say("bytes");
    loop_.run();

    EXPECT_EQ(read_, Wait::ready);
    EXPECT_FALSE(descriptor_.waiting());
}

TEST_F(DescriptorTest, RemembersThatItIsReadableUntilItIsDrained) {
    pair_.say("bytes");
    loop_.spawn(wait_readable(descriptor_, kNever, read_));
    loop_.run();

    std::optional<Wait> again;
    loop_.spawn(wait_readable(descriptor_, kNever, again));

    EXPECT_EQ(again, Wait::ready);
    read_all(descriptor_);
    EXPECT_FALSE(descriptor_.readable());
}

TEST_F(DescriptorTest, AnEmptySocketIsWritable) {
    loop_.run(wait_writable(descriptor_, kNever, written_));

    EXPECT_EQ(written_, Wait::ready);
}

Task<void> wait_for_room(Descriptor& descriptor, const SocketPair& pair, bool& waited) {
    co_await next_round(descriptor.loop());
    fill_socket(descriptor.fd());
    descriptor.filled();
    EXPECT_FALSE(descriptor.writable());
    std::optional<Wait> result;
    Task<void> wait = wait_writable(descriptor, kNever, result);
    wait.start();
    waited = !wait.await_ready();
    pair.hear();
    co_await wait;
    EXPECT_EQ(result, Wait::ready);
}

TEST_F(DescriptorTest, AWaitEndsWhenThereIsRoomAgain) {
    bool waited = false;

    loop_.run(wait_for_room(descriptor_, pair_, waited));

    EXPECT_TRUE(waited);
    EXPECT_TRUE(descriptor_.writable());
}

TEST_F(DescriptorTest, AWaitTimesOutAtItsDeadlineAndNotBefore) {
    const TimePoint deadline = Clock::now() + milliseconds{15};

    loop_.run(wait_readable(descriptor_, deadline, read_));

    EXPECT_EQ(read_, Wait::timed_out);
    EXPECT_GE(Clock::now(), deadline);
}

Task<void> wait_twice(Descriptor& descriptor, TimePoint first, TimePoint second) {
    std::optional<Wait> result;
    co_await wait_readable(descriptor, first, result);
    EXPECT_EQ(result, Wait::ready);
    read_all(descriptor);
    co_await wait_readable(descriptor, second, result);
    EXPECT_EQ(result, Wait::timed_out);
    EXPECT_GE(Clock::now(), second);
}

TEST_F(DescriptorTest, ADeadlineThatMovedLaterCountsAlthoughTheTimerFiresEarly) {
    const TimePoint now = Clock::now();
    pair_.say("bytes");

    loop_.run(wait_twice(descriptor_, now + milliseconds{10}, now + milliseconds{30}));

    EXPECT_GE(Clock::now(), now + milliseconds{30});
}

TEST_F(DescriptorTest, ADeadlineThatMovedEarlierCounts) {
    const TimePoint now = Clock::now();
    pair_.say("bytes");

    loop_.run(wait_twice(descriptor_, now + std::chrono::hours{1}, now + milliseconds{10}));

    EXPECT_LT(Clock::now(), now + std::chrono::minutes{1});
}

Task<void> fill_and_wait_for_both(
    Descriptor& descriptor, TimePoint reader, TimePoint writer, std::string& story
) {
    co_await next_round(descriptor.loop());
    fill_socket(descriptor.fd());
    descriptor.filled();
    std::optional<Wait> read;
    std::optional<Wait> written;
    Task<void> reading = wait_readable(descriptor, reader, read);
    Task<void> writing = wait_writable(descriptor, writer, written);
    reading.start();
    writing.start();
    Task<void>& sooner = reader < writer ? reading : writing;
    Task<void>& later = reader < writer ? writing : reading;
    co_await sooner;
    EXPECT_GE(Clock::now(), std::min(reader, writer));
    story += later.await_ready() ? "both;" : "one;";
    co_await later;
    EXPECT_GE(Clock::now(), std::max(reader, writer));
    EXPECT_EQ(read, Wait::timed_out);
    EXPECT_EQ(written, Wait::timed_out);
}

TEST_F(DescriptorTest, ReaderAndWriterHaveDeadlinesOfTheirOwn) {
    const TimePoint now = Clock::now();
    std::string story;

    loop_.run(
        fill_and_wait_for_both(descriptor_, now + milliseconds{10}, now + milliseconds{200}, story)
    );

    EXPECT_EQ(story, "one;");
}

TEST_F(DescriptorTest, AWriterThatIsDueFirstLeavesTheReaderWaiting) {
    const TimePoint now = Clock::now();
    std::string story;

    loop_.run(
        fill_and_wait_for_both(descriptor_, now + milliseconds{200}, now + milliseconds{10}, story)
    );

    EXPECT_EQ(story, "one;");
}

TEST_F(DescriptorTest, ACancelEndsBothWaitsFromTheLoop) {
    loop_.spawn(wait_readable(descriptor_, kNever, read_));
    loop_.spawn(wait_writable(descriptor_, kNever, written_));

    descriptor_.cancel();
    EXPECT_FALSE(read_) << "nobody is resumed by who cancels";
    loop_.run();

    EXPECT_EQ(read_, Wait::cancelled);
    EXPECT_EQ(written_, Wait::cancelled);
}

TEST_F(DescriptorTest, WhatComesAfterACancelDoesNotUndoIt) {
    loop_.spawn(wait_readable(descriptor_, kNever, read_));

    descriptor_.cancel();
    pair_.say("bytes");
    loop_.run();

    EXPECT_EQ(read_, Wait::cancelled);
}

TEST_F(DescriptorTest, ACancelEndsLaterWaitsToo) {
    descriptor_.cancel();

    loop_.spawn(wait_readable(descriptor_, kNever, read_));

    EXPECT_EQ(read_, Wait::cancelled);
}

TEST_F(DescriptorTest, AHalfCloseOfThePeerIsReadableAndNotTheEnd) {
    loop_.spawn(wait_readable(descriptor_, kNever, read_));

    pair_.finish_sending();
    loop_.run();

    EXPECT_EQ(read_, Wait::ready);
    EXPECT_TRUE(descriptor_.peer_closed());
    EXPECT_FALSE(descriptor_.hung_up());
    descriptor_.drained();
    EXPECT_TRUE(descriptor_.readable()) << "its end stays to be read";
}

TEST_F(DescriptorTest, AClosedPeerIsAHangUpAndWritable) {
    loop_.spawn(wait_readable(descriptor_, kNever, read_));

    pair_.close();
    loop_.run();

    EXPECT_TRUE(descriptor_.hung_up());
    EXPECT_TRUE(descriptor_.peer_closed());
    descriptor_.filled();
    EXPECT_TRUE(descriptor_.writable()) << "a write would say that nobody is there";
}

Task<void> own_and_wait(std::unique_ptr<Descriptor> own, std::optional<Wait>& result) {
    result = co_await own->wait_readable(kNever);
}

TEST_F(DescriptorTest, AListenerIsToldOfWhoeverStillWaits) {
    SocketPair others;
    Descriptor listener{event_loop_, std::move(others.ours), Descriptor::Of::listener};
    others.say("x");

    loop_.run(wait_and_take_nobody(listener, read_));

    EXPECT_EQ(read_, Wait::ready);
}

TEST_F(DescriptorTest, WhoIsInThePlaceOfAListenerIsNotToldForIt) {
    SocketPair former;
    const UniqueFd of_others{::dup(former.ours.get())};
    std::optional<Descriptor> place;
    place.emplace(event_loop_, std::move(former.ours), Descriptor::Of::listener);
    SocketPair latter;
    place.emplace(event_loop_, std::move(latter.ours));

    former.say("x");
    loop_.run(wait_writable(*place, kNever, written_));

    EXPECT_EQ(written_, Wait::ready);
    EXPECT_FALSE(place->readable());
}

TEST_F(DescriptorTest, MayBeDestroyedByTheReaderThatItWakes) {
    SocketPair pair;
    loop_.spawn(own_and_wait(std::make_unique<Descriptor>(event_loop_, std::move(pair.ours)), read_)
    );

    pair.say("bytes");
    loop_.run();

    EXPECT_EQ(read_, Wait::ready);
}

TEST_F(DescriptorTest, MayBeDestroyedByTheReaderThatItsCancelWakes) {
    SocketPair pair;
    auto own = std::make_unique<Descriptor>(event_loop_, std::move(pair.ours));
    Descriptor& other = *own;
    loop_.spawn(own_and_wait(std::move(own), read_));

    other.cancel();
    loop_.run();

    EXPECT_EQ(read_, Wait::cancelled);
}

TEST_F(DescriptorTest, MayBeDestroyedByTheReaderThatItsTimerWakes) {
    SocketPair pair;
    auto own = std::make_unique<Descriptor>(event_loop_, std::move(pair.ours));
    struct {
        Task<void> operator()(std::unique_ptr<Descriptor> mine, std::optional<Wait>& result) const {
            result = co_await mine->wait_readable(Clock::now());
        }
    } const until_now;

    loop_.run(until_now(std::move(own), read_));

    EXPECT_EQ(read_, Wait::timed_out);
}

}  // namespace
}  // namespace countersign::proxy::net
