#include "proxy/client/head_read.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::client {
namespace {

using End = HeadRead::End;

class LookAtHead : public testing::Test {
protected:
    HeadRead look(std::string_view bytes) { return look_at_head(bytes, 0, limits_, head_); }
    FailureCode refused(std::string_view bytes) {
        return head_failure(look(bytes), limits_).code();
    }

    const std::string text_ = "GET /orders HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n";
    profiles::Limits limits_;
    http::Head head_;
};

TEST_F(LookAtHead, LetsPassWhatIsExactlyAtTheLimits) {
    limits_.header_bytes = text_.size();
    limits_.header_count = 2;
    const std::string more = text_ + "what follows";

    const HeadRead read = look(more);

    EXPECT_EQ(read.end, End::complete);
    EXPECT_EQ(read.size, text_.size());
    EXPECT_EQ(head_.target, "/orders");
}

TEST_F(LookAtHead, RefusesOneByteMoreAlsoBeforeTheEndIsThere) {
    limits_.header_bytes = text_.size() - 1;

    EXPECT_EQ(look(text_).end, End::too_large);
    EXPECT_EQ(look(text_.substr(0, text_.size() - 1)).end, End::too_large);
    EXPECT_EQ(look(text_.substr(0, text_.size() - 2)).end, End::incomplete);
    EXPECT_EQ(refused(text_), FailureCode::head_too_large);
}

TEST_F(LookAtHead, SaysWhereTheUrlAloneIsTooLong) {
    limits_.header_bytes = text_.find('\n') + 1;
    EXPECT_EQ(refused(text_), FailureCode::head_too_large);

    --limits_.header_bytes;
    EXPECT_EQ(refused(text_), FailureCode::target_too_long);
    EXPECT_EQ(refused(text_.substr(0, limits_.header_bytes)), FailureCode::target_too_long);
}

TEST_F(LookAtHead, RefusesOneFieldMore) {
    limits_.header_count = 1;

    EXPECT_EQ(refused(text_), FailureCode::head_too_large);
}

TEST_F(LookAtHead, SaysWhatIsWrongWithOneThatIsMalformed) {
    const HeadRead read = look("GET / HTTP/1.1\r\nno colon\r\n\r\n");

    EXPECT_EQ(read.end, End::invalid);
    EXPECT_EQ(head_failure(read, limits_).code(), FailureCode::bad_request);
}

TEST_F(LookAtHead, NamesTheProtocolThatIsSpokenInsteadOfHttp) {
    const struct {
        std::string_view bytes;
        const char* reason;
        const char* remedy;
    } kOthers[] = {
        {"\x16\x03\x01\x02", "The client speaks TLS to listener 'apps', which speaks plain HTTP.",
         "Use http:// for the proxy's address, not https://"},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
         "The client speaks HTTP/2 to listener 'apps', which speaks HTTP/1.1.",
         "Set the client to HTTP/1.1"},
        {"\x05\x01", "The client speaks SOCKS to listener 'apps', which is an HTTP proxy.",
         "Set it as an HTTP proxy in the client"},
    };
    for (const auto& [bytes, reason, remedy] : kOthers) {
        const HeadRead read = look(bytes);

        ASSERT_EQ(read.end, End::invalid) << reason;
        const Failure failure = head_failure(read, limits_, "apps");
        EXPECT_EQ(failure.code(), FailureCode::bad_request);
        EXPECT_EQ(failure.reason(), reason);
        EXPECT_TRUE(failure.remedy().starts_with(remedy)) << failure.remedy();
        EXPECT_NE(failure.brief(), row_of(failure.code()).brief);
        EXPECT_LE(failure.brief().size(), 120U);
    }
}

// The status line is all that most programs show.
TEST_F(LookAtHead, HasWordsOfItsOwnForEveryHeadThatIsRefused) {
    for (int code = 1; code <= static_cast<int>(http::HeadError::bad_connection); ++code) {
        const HeadRead read{End::invalid, 0, static_cast<http::HeadError>(code)};

        const Failure failure = head_failure(read, limits_);

        EXPECT_FALSE(failure.remedy().empty()) << code;
        EXPECT_NE(failure.brief(), row_of(FailureCode::bad_request).brief) << code;
        EXPECT_LE(failure.brief().size(), 120U) << code;
        for (const char c : failure.brief()) {
            EXPECT_TRUE(c >= ' ' && c <= '~' && c != '"' && c != '\\') << failure.brief();
        }
    }
}

}  // namespace
}  // namespace countersign::proxy::client
