#include "proxy/net/buffer_pool.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::proxy::net {
namespace {

constexpr std::size_t kPayload = 100;
constexpr std::size_t kHeadroom = 1024;
constexpr BufferSizes kSizes{kPayload, kHeadroom};

void put(Buffer& buffer, std::string_view bytes) {
    ASSERT_LE(bytes.size(), buffer.room());
    std::memcpy(buffer.tail(), bytes.data(), bytes.size());
    buffer.commit(bytes.size());
}

class BufferTest : public testing::Test {
protected:
    BufferPool pool_{kSizes};
    Buffer buffer_ = pool_.take();
};

TEST_F(BufferTest, StartsEmptyWithRoomForItsPayload) {
    EXPECT_TRUE(buffer_);
    EXPECT_TRUE(buffer_.empty());
    EXPECT_EQ(buffer_.size(), 0U);
    EXPECT_EQ(buffer_.room(), kPayload);
}

TEST_F(BufferTest, ADefaultOneHasNoBlock) {
    const Buffer none;

    EXPECT_FALSE(none);
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.view(), "");
}

TEST_F(BufferTest, WhatIsCommittedIsReadableUntilItIsConsumed) {
    put(buffer_, "head and body");

    buffer_.consume(5);
    buffer_.drop_back(5);

    EXPECT_EQ(buffer_.view(), "and");
    EXPECT_EQ(buffer_.room(), kPayload - 8);
}

TEST_F(BufferTest, PrependsBeforeWhatIsThere) {
    put(buffer_, "GET / body");
    buffer_.consume(6);

    EXPECT_TRUE(buffer_.prepend("POST /longer "));

    EXPECT_EQ(buffer_.view(), "POST /longer body");
}

TEST_F(BufferTest, PrependsAsMuchAsTheHeadroomHolds) {
    put(buffer_, "b");

    EXPECT_FALSE(buffer_.prepend(std::string(kHeadroom + 1, 'h')));
    EXPECT_EQ(buffer_.view(), "b");
    EXPECT_TRUE(buffer_.prepend(std::string(kHeadroom, 'h')));
    EXPECT_EQ(buffer_.view(), std::string(kHeadroom, 'h') + "b");
}

TEST_F(BufferTest, CompactMakesRoomBehind) {
    put(buffer_, std::string(kPayload - 4, 'x') + "tail");
    buffer_.consume(kPayload - 4);
    EXPECT_EQ(buffer_.room(), 0U);

    buffer_.compact();

    EXPECT_EQ(buffer_.view(), "tail");
    EXPECT_EQ(buffer_.room(), kPayload - 4);
}

TEST_F(BufferTest, CompactKeepsAFullBufferWithAPrependedHeadWhereItIs) {
    const std::string body(kPayload, 'b');
    put(buffer_, body);
    ASSERT_TRUE(buffer_.prepend("head"));

    buffer_.compact();

    EXPECT_EQ(buffer_.view(), "head" + body);
    EXPECT_EQ(buffer_.room(), 0U);
}

TEST_F(BufferTest, ClearForgetsWhatIsThere) {
    put(buffer_, "something");
    buffer_.prepend("more ");

    buffer_.clear();

    EXPECT_TRUE(buffer_.empty());
    EXPECT_EQ(buffer_.room(), kPayload);
}

TEST_F(BufferTest, AReleasedOneIsEmpty) {
    put(buffer_, "something");

    buffer_.release();

    EXPECT_FALSE(buffer_);
    EXPECT_TRUE(buffer_.empty());
    EXPECT_EQ(buffer_.view(), "");
}

TEST_F(BufferTest, AMovedFromOneIsEmpty) {
    put(buffer_, "something");

    const Buffer other = std::move(buffer_);

    EXPECT_EQ(other.view(), "something");
    EXPECT_FALSE(buffer_);
    EXPECT_TRUE(buffer_.empty());
    EXPECT_EQ(buffer_.view(), "");
}

TEST_F(BufferTest, AssigningGivesTheOldBlockBack) {
    Buffer other = pool_.take();
    put(other, "other");
    const char* const block = buffer_.data();

    buffer_ = std::move(other);

    EXPECT_EQ(buffer_.view(), "other");
    EXPECT_EQ(pool_.take().data(), block);
}

TEST(BufferPool, GivesTheLastBlockThatCameBackFirst) {
    BufferPool pool{kSizes};
    Buffer first = pool.take();
    Buffer second = pool.take();
    const char* const first_block = first.data();
    const char* const second_block = second.data();

    first.release();
    second.release();

    const Buffer again = pool.take();
    const Buffer then = pool.take();
    EXPECT_EQ(again.data(), second_block);
    EXPECT_EQ(then.data(), first_block);
}

TEST(BufferPool, TakesAnyNumberBack) {
    BufferPool pool{kSizes};
    std::vector<Buffer> burst;
    for (int i = 0; i < 2'000; ++i) burst.push_back(pool.take());

    burst.clear();

    EXPECT_EQ(pool.take().room(), kPayload);
}

TEST(BufferPool, OfAnotherSizeLeavesThoseThatAreOnLoanAsTheyAre) {
    BufferPool pool{kSizes};
    Buffer before = pool.take();
    put(before, "head");
    pool.take().release();  // one that is free has the old size, too

    pool.resize({2 * kPayload, 3 * kHeadroom});

    const std::string grown(kHeadroom, 'x');
    EXPECT_EQ(before.room(), kPayload - 4);
    EXPECT_FALSE(before.prepend(grown + "x"));
    EXPECT_TRUE(before.prepend(grown));
    EXPECT_EQ(before.view(), grown + "head");
    before.release();
    Buffer after = pool.take();
    EXPECT_EQ(after.room(), 2 * kPayload);
    EXPECT_TRUE(after.prepend(grown + grown + grown));
}

TEST(BufferPool, HasRoomForMoreThanItsSizeWhereThatIsAskedFor) {
    BufferPool pool{kSizes};
    Buffer large = pool.take_with_room_for(3 * kPayload);
    EXPECT_EQ(large.room(), 3 * kPayload);
    EXPECT_TRUE(large.prepend(std::string(kHeadroom, 'x')));

    large.release();

    EXPECT_EQ(pool.take().room(), kPayload);
    EXPECT_EQ(pool.take_with_room_for(1).room(), kPayload);
}

}  // namespace
}  // namespace countersign::proxy::net
