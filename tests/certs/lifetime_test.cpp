#include "certs/lifetime.hpp"

#include <gtest/gtest.h>

namespace countersign::tests {
namespace {

using namespace std::chrono_literals;
using certs::days_left_text;
using certs::Lifetime;
using certs::Standing;
using certs::standing_of;
using certs::standing_text;

// 2026-11-23 10:05:00 UTC.
const Lifetime::TimePoint kStart = Lifetime::TimePoint{} + std::chrono::seconds{1'795'428'300};
const Lifetime kLife{kStart, kStart + 1000h};

TEST(Lifetime, ChangesItsStandingAtTheVerySecond) {
    const struct {
        Lifetime::TimePoint now;
        Standing standing;
        std::string_view says;
    } kTimes[] = {
        {kStart - 1s, Standing::not_yet_valid, "is not valid before 2026-11-23 10:05:00 UTC"},
        {kStart, Standing::valid, ""},
        {kStart + 760h - 1s, Standing::valid, ""},
        {kStart + 760h, Standing::ends_soon, "expires on 2027-01-04 02:05:00 UTC, in 10 days"},
        {kStart + 1000h, Standing::ends_soon, "expires on 2027-01-04 02:05:00 UTC, in 0 days"},
        {kStart + 1000h + 1s, Standing::expired, "expired on 2027-01-04 02:05:00 UTC"},
    };
    for (const auto& [now, standing, says] : kTimes) {
        EXPECT_EQ(standing_of(kLife, now, 240h), standing) << says;
        EXPECT_EQ(standing_text(kLife, now, 240h), says);
    }
    EXPECT_EQ(standing_of(kLife, kStart + 1000h), Standing::valid);
    EXPECT_EQ(standing_text(kLife, kStart + 1000h), "");
}

TEST(Lifetime, HasNoDaysLeftOnceItHasEnded) {
    EXPECT_EQ(days_left_text(2), "2 days left");
    EXPECT_EQ(days_left_text(1), "1 day left");
    EXPECT_EQ(days_left_text(0), "0 days left");
    EXPECT_EQ(days_left_text(-1), "EXPIRED");
}

}  // namespace
}  // namespace countersign::tests
