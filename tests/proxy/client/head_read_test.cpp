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

TEST_F(LookAtHead, RefusesOneFieldMore) {
    limits_.header_count = 1;

    EXPECT_EQ(refused(text_), FailureCode::head_too_large);
}

TEST_F(LookAtHead, SaysWhatIsWrongWithOneThatIsMalformed) {
    const HeadRead read = look("GET / HTTP/1.1\r\nno colon\r\n\r\n");

    EXPECT_EQ(read.end, End::invalid);
    EXPECT_EQ(head_failure(read, limits_).code(), FailureCode::bad_request);
}

}  // namespace
}  // namespace countersign::proxy::client
