#include "proxy/admin/refused_handshakes.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::admin {
namespace {

class RefusedHandshakesTest : public testing::Test {
protected:
    std::string line() {
        return refused_.line("192.0.2.7", "the certificate has expired", now_).value_or("");
    }

    RefusedHandshakes refused_;
    RefusedHandshakes::TimePoint now_ = RefusedHandshakes::TimePoint{} + std::chrono::hours{1};
};

TEST_F(RefusedHandshakesTest, AreToldWithWhoAndWhy) {
    EXPECT_EQ(line(), "admin: no handshake with 192.0.2.7: the certificate has expired");
}

TEST_F(RefusedHandshakesTest, AreToldTenTimesAMinuteAndTheOthersAreCounted) {
    for (std::size_t i = 0; i < RefusedHandshakes::kLines; ++i) EXPECT_NE(line(), "") << i;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(line(), "") << i;
    now_ += RefusedHandshakes::kWindow - std::chrono::seconds{1};
    EXPECT_EQ(line(), "");

    now_ += std::chrono::seconds{1};

    EXPECT_EQ(
        line(),
        "admin: no handshake with 192.0.2.7: the certificate has expired; before it, 4 more failed "
        "so, too many to tell of"
    );
    EXPECT_EQ(line(), "admin: no handshake with 192.0.2.7: the certificate has expired");
}

}  // namespace
}  // namespace countersign::proxy::admin
