#include "certs/byte_reader.hpp"

#include <gtest/gtest.h>

namespace countersign::certs {
namespace {

using namespace std::string_view_literals;

TEST(ByteReader, ReadsBigEndianNumbersAndText) {
    ByteReader reader{as_bytes("\x01\x02\x03\xfe\xed\xfe\xed\x00\x02hi!"sv)};

    EXPECT_EQ(reader.u8(), 1);
    EXPECT_EQ(reader.u16(), 0x0203);
    EXPECT_EQ(reader.u32(), 0xfeedfeedu);
    EXPECT_EQ(as_text(reader.java_utf()), "hi");
    EXPECT_EQ(reader.remaining(), 1u);
    EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, FailsForGoodAfterALengthThatLies) {
    ByteReader reader{as_bytes("\x00\x09short"sv)};

    EXPECT_TRUE(reader.java_utf().empty());

    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0);
    EXPECT_TRUE(reader.take(0).empty());
}

TEST(ByteReader, GoesIntoASequenceWhateverTheFormOfItsLength) {
    for (const std::string_view bytes :
         {"\x30\x01\x05"sv, "\x30\x81\x01\x05"sv, "\x30\x82\x00\x01\x05"sv, "\x30\x80\x05"sv}) {
        ByteReader reader{as_bytes(bytes)};
        reader.begin_sequence();
        EXPECT_EQ(reader.u8(), 5);
        EXPECT_TRUE(reader.ok());
    }
    for (const std::string_view bytes : {"\x31\x01\x05"sv, "\x30\x84\x00"sv, ""sv}) {
        ByteReader reader{as_bytes(bytes)};
        reader.begin_sequence();
        EXPECT_FALSE(reader.ok());
    }
}

}  // namespace
}  // namespace countersign::certs
