#include "proxy/upstream/dns/dns_cache.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::upstream::dns {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr net::TimePoint kNow{hours{1}};

DnsAnswer answer(seconds ttl) {
    DnsAnswer made;
    made.addresses = {profiles::IpAddress::v4({192, 0, 2, 1})};
    made.ttl = ttl;
    return made;
}

DnsAnswer no_such_name() {
    DnsAnswer made;
    made.not_there = true;
    made.error = "no such name";
    return made;
}

TEST(DnsCache, KnowsAnAnswerForItsTimeToLive) {
    DnsCache cache;
    cache.keep("a.example", answer(seconds{60}), kNow);

    const DnsCache::Known* const known = cache.find("a.example", kNow + seconds{59});

    ASSERT_NE(known, nullptr);
    EXPECT_EQ(known->addresses, answer(seconds{1}).addresses);
    EXPECT_EQ(cache.find("b.example", kNow), nullptr);
    EXPECT_EQ(cache.find("a.example", kNow + seconds{60}), nullptr);
    EXPECT_EQ(cache.size(), 0U);
}

TEST(DnsCache, KnowsNothingLongerThanAnHour) {
    DnsCache cache;
    cache.keep("a.example", answer(hours{24 * 7}), kNow);

    EXPECT_NE(cache.find("a.example", kNow + seconds{3599}), nullptr);
    EXPECT_EQ(cache.find("a.example", kNow + hours{1}), nullptr);
}

TEST(DnsCache, KnowsForFiveSecondsThatThereIsNoSuchName) {
    DnsCache cache;
    cache.keep("a.example", no_such_name(), kNow);

    const DnsCache::Known* const known = cache.find("a.example", kNow + seconds{4});

    ASSERT_NE(known, nullptr);
    EXPECT_TRUE(known->addresses.empty());
    EXPECT_EQ(known->error, "no such name");
    EXPECT_EQ(cache.find("a.example", kNow + seconds{5}), nullptr);
}

TEST(DnsCache, KeepsNeitherFailuresNorAnswersWithoutATime) {
    DnsCache cache;
    DnsAnswer failed;
    failed.timed_out = true;

    cache.keep("a.example", failed, kNow);
    cache.keep("b.example", answer(seconds{0}), kNow);

    EXPECT_EQ(cache.size(), 0U);
}

TEST(DnsCache, NeverKnowsMoreThanItsBound) {
    DnsCache cache;
    for (std::size_t i = 0; i < DnsCache::kMost + 500; ++i) {
        const auto made = i % 2 == 0 ? answer(seconds{60}) : no_such_name();
        cache.keep("n" + std::to_string(i), made, kNow + std::chrono::microseconds{i});
        ASSERT_LE(cache.size(), DnsCache::kMost);
    }

    EXPECT_EQ(cache.size(), DnsCache::kMost);
    EXPECT_NE(cache.find("n" + std::to_string(DnsCache::kMost + 499), kNow + seconds{1}), nullptr);
}

/// Ten thousand names that hold for long must not push out what is asked for now.
TEST(DnsCache, KeepsNewNamesWhereItIsFull) {
    DnsCache cache;
    for (std::size_t i = 0; i < DnsCache::kMost; ++i) {
        cache.keep("old" + std::to_string(i), answer(hours{1}), kNow);
    }

    for (int i = 0; i < 1000; ++i) cache.keep("new" + std::to_string(i), answer(hours{1}), kNow);

    int known = 0;
    for (int i = 0; i < 1000; ++i) {
        known += cache.find("new" + std::to_string(i), kNow) != nullptr ? 1 : 0;
    }
    EXPECT_GT(known, 800);
}

TEST(DnsCache, MakesRoomOfWhatHoldsNoLonger) {
    DnsCache cache;
    cache.keep("still.example", answer(seconds{60}), kNow);
    for (std::size_t i = 1; i < DnsCache::kMost; ++i) {
        cache.keep("n" + std::to_string(i), no_such_name(), kNow);
    }

    cache.keep("new.example", answer(seconds{60}), kNow + seconds{6});

    EXPECT_EQ(cache.size(), 2U);
    EXPECT_NE(cache.find("still.example", kNow + seconds{6}), nullptr);
}

TEST(DnsCache, ANewerAnswerTakesThePlaceOfTheOlder) {
    DnsCache cache;
    cache.keep("a.example", no_such_name(), kNow);
    cache.keep("a.example", answer(seconds{60}), kNow);

    const DnsCache::Known* const known = cache.find("a.example", kNow);

    ASSERT_NE(known, nullptr);
    EXPECT_EQ(known->addresses.size(), 1U);
    EXPECT_EQ(cache.size(), 1U);
}

}  // namespace
}  // namespace countersign::proxy::upstream::dns
