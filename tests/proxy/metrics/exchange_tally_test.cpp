#include "proxy/metrics/exchange_tally.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::metrics {
namespace {

using std::chrono::microseconds;

ExchangeRecord record(std::string_view profile, std::uint16_t status) {
    ExchangeRecord record;
    record.profile = profile;
    record.status = status;
    return record;
}

TEST(ExchangeTally, CountsByProfileAndClassOfTheStatus) {
    ExchangeTally tally;
    for (const int status : {200, 204, 301, 404, 503, 503}) {
        tally.add(record("partner", static_cast<std::uint16_t>(status)));
    }
    tally.add(record("", 403));
    tally.add(record("partner", 0));

    const auto& partner = tally.profiles().at("partner").by_class;
    EXPECT_EQ(partner, (std::array<std::uint64_t, 6>{1, 0, 2, 1, 1, 2}));
    EXPECT_EQ(tally.profiles().at("").by_class[4], 1U);
}

TEST(ExchangeTally, TakesAStatusThatNobodyKnowsForNone) {
    ExchangeTally tally;
    tally.add(record("partner", 999));
    EXPECT_EQ(tally.profiles().at("partner").by_class[0], 1U);
}

TEST(ExchangeTally, CountsTheLenienciesThatResponsesNeeded) {
    using enum profiles::ResponseLeniency;
    ExchangeTally tally;
    ExchangeRecord careless = record("partner", 200);
    careless.leniencies = bare_lf;
    tally.add(careless);
    careless.leniencies = profiles::ResponseLeniencies{bare_lf} | http10_chunked;
    tally.add(careless);
    tally.add(record("partner", 200));
    ExchangeTally sum;
    sum += tally;
    sum += tally;

    const auto& counts = sum.profiles().at("partner").by_leniency;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const profiles::ResponseLeniency one = profiles::kResponseLeniencies[i].meaning;
        EXPECT_EQ(counts[i], one == bare_lf ? 4U : one == http10_chunked ? 2U : 0U) << i;
    }
}

TEST(ExchangeTally, CountsFailuresByErrorAndSide) {
    ExchangeTally tally;
    ExchangeRecord refused = record("partner", 502);
    refused.error = "connection_refused";
    refused.side = Side::upstream;
    tally.add(refused);
    tally.add(refused);
    refused.side = Side::proxy;
    tally.add(refused);

    const auto& all = tally.profiles().at("partner").failures.all();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].error, "connection_refused");
    EXPECT_EQ(all[0].side, Side::upstream);
    EXPECT_EQ(all[0].count, 2U);
    EXPECT_EQ(all[1].count, 1U);
}

TEST(ExchangeTally, CountsThePhasesThatAnExchangeHad) {
    ExchangeTally tally;
    ExchangeRecord reused = record("partner", 200);
    reused.wait = microseconds{900};
    reused.total = microseconds{1'100};
    tally.add(reused);

    const auto count = [](const DurationHistogram& histogram) {
        std::uint64_t sum = 0;
        for (const std::uint64_t one : histogram.counts()) sum += one;
        return sum;
    };
    EXPECT_EQ(count(tally.phases().connect), 0U);
    EXPECT_EQ(count(tally.phases().wait), 1U);
    EXPECT_EQ(tally.phases().wait.counts()[0], 1U);
    EXPECT_EQ(tally.phases().total.counts()[1], 1U);
    EXPECT_EQ(tally.phases().total.sum(), microseconds{1'100});
}

TEST(ExchangeTally, GoesOnWithTheCountsOfProfilesThatStay) {
    ExchangeTally tally;
    tally.follow({"old", "partner"});
    tally.add(record("partner", 200));
    tally.add(record("old", 200));

    tally.follow({"partner", "fresh"});

    tally.add(record("old", 200));
    EXPECT_EQ(tally.profiles().at("old").by_class[2], 2U) << "its last exchange ends now";
    tally.follow({"partner", "fresh"});
    EXPECT_EQ(tally.profiles().size(), 3U) << "'', partner and fresh";
    EXPECT_EQ(tally.profiles().at("partner").by_class[2], 1U);
    EXPECT_EQ(tally.profiles().at("fresh").by_class[2], 0U);
    tally.add(record("partner", 200));
    EXPECT_EQ(tally.profiles().at("partner").by_class[2], 2U);
}

TEST(ExchangeTally, GoesOnWithAProfileThatComesBack) {
    ExchangeTally tally;
    tally.follow({"partner"});
    tally.add(record("partner", 200));
    tally.follow({});
    tally.follow({"partner"});
    tally.follow({"partner"});
    EXPECT_EQ(tally.profiles().at("partner").by_class[2], 1U);
}

TEST(ExchangeTally, DoesNotTakeTheLifeOfATunnelForALatency) {
    ExchangeTally tally;
    ExchangeRecord tunnel = record("partner", 200);
    tunnel.tunnel = true;
    tunnel.connect = microseconds{100};
    tunnel.total = microseconds{3'600'000'000};
    tally.add(tunnel);
    EXPECT_EQ(tally.phases().total.sum(), microseconds{0});
    EXPECT_EQ(tally.phases().connect.sum(), microseconds{100});
}

TEST(ExchangeTally, OfSeveralWorkersIsTheirSum) {
    ExchangeTally sum;
    for (const auto& profile : {"partner", "other", "partner"}) {
        ExchangeTally one;
        ExchangeRecord failed = record(profile, 502);
        failed.error = "dns_error";
        failed.bytes_in = 3;
        failed.bytes_out = 5;
        failed.total = microseconds{40'000'000};
        one.add(failed);
        sum += one;
    }
    const ProfileCounts& partner = sum.profiles().at("partner");
    EXPECT_EQ(partner.by_class[5], 2U);
    EXPECT_EQ(partner.request_bytes, 6U);
    EXPECT_EQ(partner.response_bytes, 10U);
    EXPECT_EQ(partner.failures.all().at(0).count, 2U);
    EXPECT_EQ(sum.phases().total.counts().back(), 3U) << "longer than the last bound";
}

TEST(DurationHistogram, HasABoundInItsBucket) {
    DurationHistogram histogram;
    histogram.add(DurationHistogram::kBounds[0]);
    histogram.add(DurationHistogram::kBounds[0] + microseconds{1});
    histogram.add(DurationHistogram::kBounds.back());
    EXPECT_EQ(histogram.counts()[0], 1U);
    EXPECT_EQ(histogram.counts()[1], 1U);
    EXPECT_EQ(histogram.counts()[DurationHistogram::kBounds.size() - 1], 1U);
    EXPECT_EQ(histogram.counts().back(), 0U);
}

}  // namespace
}  // namespace countersign::proxy::metrics
