#include "proxy/live/exchange_ring.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::live {
namespace {

ExchangeRecord record_of(std::string_view path) {
    ExchangeRecord record;
    record.client = "127.0.0.1:50412";
    record.method = "GET";
    record.host = "api.partner.example";
    record.port = 443;
    record.path = path;
    record.profile = "partner";
    record.status = 200;
    record.total = std::chrono::microseconds{1500};
    return record;
}

Failure refused(std::string reason = "It is refused.") {
    return Failure::of_upstream(
        FailureCode::connection_refused, std::move(reason), "Look whether it runs."
    );
}

class Ring : public testing::Test {
protected:
    Ring() { ring_.enable(true); }
    void end(int count) {
        for (int i = 0; i < count; ++i) ring_.add(record_of("/orders"), rules_, nullptr);
    }
    void fail(const Failure& failure) {
        ExchangeRecord record = record_of("/orders");
        record.error = error_of(&failure);
        ring_.add(record, rules_, &failure);
    }

    profiles::LogRules rules_;
    ExchangeRing ring_;
};

TEST_F(Ring, GivesBackWhatItWasTold) {
    ExchangeRecord record = record_of("/orders/7");
    record.uid = 1000;
    record.issuers = "CN=Partner CA";
    ring_.add(record, rules_, nullptr);
    const RecentExchanges got = ring_.since(0, {});
    ASSERT_EQ(got.lines.size(), 1U);
    const KeptExchange& line = got.lines.front();
    EXPECT_EQ(line.number, 1U);
    EXPECT_EQ(line.text(Text::client), "127.0.0.1:50412");
    EXPECT_EQ(line.text(Text::path), "/orders/7");
    EXPECT_EQ(line.text(Text::profile), "partner");
    EXPECT_EQ(line.text(Text::error), "");
    EXPECT_EQ(line.text(Text::issuers), "CN=Partner CA");
    EXPECT_EQ(line.uid, 1000);
    EXPECT_EQ(line.status, 200);
    EXPECT_EQ(line.cut, 0U);
}

TEST_F(Ring, KeepsTheQueryOnlyWhereTheAccessLogDoes) {
    ring_.add(record_of("/orders?customer=7"), rules_, nullptr);
    rules_.query = true;
    ring_.add(record_of("/orders?customer=7"), rules_, nullptr);
    const RecentExchanges got = ring_.since(0, {});
    EXPECT_EQ(got.lines[0].text(Text::path), "/orders");
    EXPECT_EQ(got.lines[1].text(Text::path), "/orders?customer=7");
}

TEST_F(Ring, KeepsAThousandInTheirOrder) {
    end(2345);
    const RecentExchanges got = ring_.since(0, {});
    EXPECT_EQ(got.count, 2345U);
    ASSERT_EQ(got.lines.size(), ExchangeRing::kMost);
    for (std::size_t i = 0; i < got.lines.size(); ++i) EXPECT_EQ(got.lines[i].number, 1346 + i);
}

TEST_F(Ring, TellsWhatIsNewSinceANumber) {
    end(10);
    EXPECT_EQ(ring_.since(8, {}).lines.size(), 2U);
    EXPECT_EQ(ring_.since(10, {}).lines.size(), 0U);
    EXPECT_EQ(ring_.since(11, {}).lines.size(), 0U) << "a number that there has never been";
}

TEST_F(Ring, KeepsFailuresWhenAThousandHaveComeSince) {
    fail(refused());
    end(1000);
    const RecentExchanges got = ring_.since(0, {});
    EXPECT_EQ(got.lines.front().number, 2U);
    ASSERT_EQ(got.failed.size(), 1U);
    EXPECT_EQ(got.failed.front().line.number, 1U);
    EXPECT_EQ(got.failed.front().line.text(Text::error), "connection_refused");
    EXPECT_EQ(got.failed.front().stage, "connect");
    EXPECT_EQ(got.failed.front().reason, "It is refused.");
    EXPECT_EQ(got.failed.front().remedy, "Look whether it runs.");
    EXPECT_TRUE(ring_.since(1, {}).failed.empty());
}

TEST_F(Ring, KeepsAHundredFailures) {
    for (int i = 1; i <= 250; ++i) fail(refused("number " + std::to_string(i)));
    const RecentExchanges got = ring_.since(0, {});
    ASSERT_EQ(got.failed.size(), ExchangeRing::kMostFailed);
    EXPECT_EQ(got.failed.front().reason, "number 151");
    EXPECT_EQ(got.failed.back().reason, "number 250");
}

TEST_F(Ring, CutsWhatIsLong) {
    const std::string path(5000, 'x');
    ExchangeRecord record = record_of(path);
    const std::string host(255, 'h');
    record.host = host;
    record.identity = path;
    record.issuers = path;
    ring_.add(record, rules_, nullptr);
    const KeptExchange line = ring_.since(0, {}).lines.front();
    EXPECT_EQ(line.text(Text::host), host);
    EXPECT_FALSE(line.is_cut(Text::host));
    EXPECT_EQ(line.text(Text::path), path.substr(0, 320));
    EXPECT_TRUE(line.is_cut(Text::path));
    EXPECT_TRUE(line.is_cut(Text::issuers));
    EXPECT_EQ(line.text(Text::issuers), "") << "no room was left";

    auto account = std::make_shared<Account>(1000, AccountLine{"said", std::string(1000, 'y')});
    fail(refused(path).with_account(account));
    const FailedExchange failed = ring_.since(1, {}).failed.front();
    EXPECT_EQ(failed.reason.size(), 2000U);
    EXPECT_EQ(failed.account->front().text, std::string(200, 'y') + " …");
    EXPECT_LT(failed.account->size(), 100U);
}

TEST_F(Ring, ForgetsAllWhereItIsDisabledAndGoesOnCounting) {
    end(3);
    fail(refused());
    ring_.enable(false);
    EXPECT_FALSE(ring_.enabled());
    EXPECT_TRUE(ring_.since(0, {}).lines.empty());
    EXPECT_TRUE(ring_.since(0, {}).failed.empty());
    ring_.enable(true);
    end(1);
    const RecentExchanges got = ring_.since(0, {});
    ASSERT_EQ(got.lines.size(), 1U);
    EXPECT_EQ(got.lines.front().number, 5U) << "who knows four asks for those behind them";
}

TEST_F(Ring, KeepsWhatItHasWhereItStaysEnabled) {
    end(3);
    ring_.enable(true);
    EXPECT_EQ(ring_.since(0, {}).lines.size(), 3U);
}

}  // namespace
}  // namespace countersign::proxy::live
