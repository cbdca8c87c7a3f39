#include "proxy/exchange/body_meter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace countersign::proxy::exchange {
namespace {

TEST(BodyMeter, WithoutABodyItIsDoneAndTakesNothing) {
    BodyMeter meter;
    BodyMeter none{http::Framing::none, 0};

    EXPECT_TRUE(meter.done());
    EXPECT_TRUE(none.done());
    EXPECT_EQ(none.take("GET / HTTP/1.1"), 0U);
    EXPECT_EQ(none.total(), 0U);
}

TEST(BodyMeter, ALengthOfNothingIsDone) {
    BodyMeter meter{http::Framing::length, 0};

    EXPECT_TRUE(meter.done());
    EXPECT_EQ(meter.take("more"), 0U);
}

TEST(BodyMeter, TakesItsLengthAndNoByteMore) {
    BodyMeter meter{http::Framing::length, 10};

    EXPECT_EQ(meter.take("01234"), 5U);
    EXPECT_FALSE(meter.done());
    EXPECT_EQ(meter.take("56789GET / HTTP/1.1"), 5U);

    EXPECT_TRUE(meter.done());
    EXPECT_EQ(meter.total(), 10U);
    EXPECT_EQ(meter.take("x"), 0U);
}

TEST(BodyMeter, TakesALengthBeyondAllMemory) {
    BodyMeter meter{http::Framing::length, UINT64_MAX};

    EXPECT_EQ(meter.take("some"), 4U);

    EXPECT_FALSE(meter.done());
    EXPECT_EQ(meter.total(), 4U);
}

TEST(BodyMeter, TakesChunksToTheirEndAsTheyWereFramed) {
    constexpr std::string_view kBody = "5\r\nhello\r\n0\r\nX-Sum: x\r\n\r\n";
    BodyMeter meter{http::Framing::chunked, 0};

    const std::size_t taken = meter.take(std::string{kBody} + "GET / HTTP/1.1");

    EXPECT_EQ(taken, kBody.size());
    EXPECT_TRUE(meter.done());
    EXPECT_FALSE(meter.invalid());
    EXPECT_EQ(meter.total(), kBody.size());
}

TEST(BodyMeter, TakesChunksByteByByte) {
    constexpr std::string_view kBody = "5\r\nhello\r\n0\r\n\r\n";
    BodyMeter meter{http::Framing::chunked, 0};

    for (std::size_t i = 0; i < kBody.size(); ++i) {
        EXPECT_FALSE(meter.done()) << i;
        EXPECT_EQ(meter.take(kBody.substr(i, 1)), 1U);
    }

    EXPECT_TRUE(meter.done());
    EXPECT_EQ(meter.total(), kBody.size());
}

TEST(BodyMeter, StaysInvalidAfterBadChunks) {
    BodyMeter meter{http::Framing::chunked, 0};

    meter.take("zz\r\n");

    EXPECT_TRUE(meter.invalid());
    EXPECT_FALSE(meter.done());
    EXPECT_EQ(meter.take("0\r\n\r\n"), 0U);
    EXPECT_FALSE(meter.done());
}

TEST(BodyMeter, UntilCloseTakesEverythingAndIsNeverDone) {
    BodyMeter meter{http::Framing::until_close, 0};

    EXPECT_EQ(meter.take("some"), 4U);
    EXPECT_EQ(meter.take("more"), 4U);

    EXPECT_FALSE(meter.done());
    EXPECT_EQ(meter.total(), 8U);
}

}  // namespace
}  // namespace countersign::proxy::exchange
