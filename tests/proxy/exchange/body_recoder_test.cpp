#include "proxy/exchange/body_recoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::exchange {
namespace {

struct Recoded {
    std::string out;
    std::size_t taken = 0;
    bool done = false;
    bool invalid = false;
};

/// In two pieces, cut after `cut` bytes.
Recoded recode(
    http::ResponseFraming to, http::Framing from, std::string_view bytes, std::size_t cut
) {
    BodyRecoder recoder{to};
    BodyMeter body{from, 0};
    Recoded result;
    result.taken = recoder.take(bytes.substr(0, cut), body, result.out);
    result.taken += recoder.take(bytes.substr(cut), body, result.out);
    result.done = body.done();
    result.invalid = body.invalid();
    return result;
}

constexpr std::string_view kChunked = "3\r\nabc\r\n2;e=f\r\nde\r\n0\r\nT: u\r\n\r\n";

TEST(BodyRecoder, IsNoneWhereTheFramingStays) {
    EXPECT_FALSE(BodyRecoder{});
    EXPECT_FALSE(BodyRecoder{http::ResponseFraming::as_is});
    EXPECT_TRUE(BodyRecoder{http::ResponseFraming::chunked});
}

TEST(BodyRecoder, TakesChunksAwayWhereverTheyAreCut) {
    for (std::size_t cut = 0; cut <= kChunked.size(); ++cut) {
        const Recoded got =
            recode(http::ResponseFraming::close, http::Framing::chunked, kChunked, cut);

        EXPECT_EQ(got.out, "abcde") << cut;
        EXPECT_EQ(got.taken, kChunked.size()) << cut;
        EXPECT_TRUE(got.done) << cut;
    }
}

TEST(BodyRecoder, LeavesWhatFollowsTheBody) {
    const std::string more = std::string{kChunked} + "HTTP/1.1";

    const Recoded got = recode(http::ResponseFraming::close, http::Framing::chunked, more, 3);

    EXPECT_EQ(got.taken, kChunked.size());
    EXPECT_EQ(got.out, "abcde");
}

TEST(BodyRecoder, StopsAtWhatIsNoChunk) {
    const Recoded got =
        recode(http::ResponseFraming::close, http::Framing::chunked, "3\r\nabcno", 4);

    EXPECT_TRUE(got.invalid);
    EXPECT_EQ(got.out, "abc");
}

TEST(BodyRecoder, MakesAChunkOfEachPiece) {
    std::string end;
    BodyRecoder{http::ResponseFraming::chunked}.append_end(end);

    const Recoded got =
        recode(http::ResponseFraming::chunked, http::Framing::until_close, "0123456789abcdefg", 1);

    EXPECT_EQ(got.out, "1\r\n0\r\n10\r\n123456789abcdefg\r\n");
    EXPECT_FALSE(got.done);
    EXPECT_EQ(end, "0\r\n\r\n");
}

TEST(BodyRecoder, APieceWithoutContentIsNoChunk) {
    // It would be the last one.
    const Recoded got = recode(http::ResponseFraming::chunked, http::Framing::until_close, "", 0);

    EXPECT_EQ(got.out, "");
}

}  // namespace
}  // namespace countersign::proxy::exchange
