#include "proxy/upstream/origin_directory.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/proxy/partner.hpp"

namespace countersign::proxy::upstream {
namespace {

using namespace std::chrono_literals;

class OriginDirectoryTest : public testing::Test {
protected:
    PooledOrigin& at(const std::string& host, net::TimePoint when) {
        return directory_.at(host, 443, tls_, rules_, when);
    }
    bool has(const std::string& host) {
        bool found = false;
        directory_.for_each([&](const PooledOrigin& one) { found |= one.key.host == host; });
        return found;
    }

    const Partner partner_;
    std::shared_ptr<const tls::TlsContext> tls_ = partner_.context("");
    std::shared_ptr<const addresses::OriginRules> rules_ =
        std::make_shared<const addresses::OriginRules>();
    OriginDirectory directory_{3};
    const net::TimePoint start_{1h};
};

TEST_F(OriginDirectoryTest, HasOneForEachKey) {
    PooledOrigin& one = at("a.example", start_);

    EXPECT_EQ(&at("a.example", start_ + 1s), &one);
    EXPECT_NE(&at("b.example", start_ + 2s), &one);
    EXPECT_EQ(directory_.size(), 2U);
}

TEST_F(OriginDirectoryTest, StaysBoundedHoweverManyHostsAreAsked) {
    for (int i = 0; i < 1000; ++i) at("host-" + std::to_string(i) + ".example", start_);

    EXPECT_EQ(directory_.size(), 3U);
    EXPECT_TRUE(has("host-999.example"));
}

TEST_F(OriginDirectoryTest, WhoWasUsedLongestAgoGoesFirst) {
    at("a.example", start_);
    at("b.example", start_ + 1s);
    at("c.example", start_ + 2s);
    at("a.example", start_ + 4s);

    at("d.example", start_ + 5s);

    EXPECT_TRUE(has("a.example"));
    EXPECT_FALSE(has("b.example"));
    EXPECT_TRUE(has("c.example"));
}

TEST_F(OriginDirectoryTest, KnowsUsesThatFollowOneAnotherAtOnce) {
    PooledOrigin& busy = at("a.example", start_);
    at("b.example", start_ + 100ms);
    at("c.example", start_ + 100ms);
    for (net::TimePoint now = start_; now < start_ + 3s; now += 500ms) {
        at("a.example", now);
        busy.last_used = now + 100ms;  // its connection was closed: the pool says so
    }

    at("d.example", start_ + 3s);

    EXPECT_TRUE(has("a.example"));
    EXPECT_FALSE(has("b.example"));
}

TEST_F(OriginDirectoryTest, WhoHasConnectionsStaysBeyondTheBound) {
    for (const char* host : {"a.example", "b.example", "c.example"}) at(host, start_).open = 1;

    at("d.example", start_ + 1h);
    at("e.example", start_ + 1h);

    EXPECT_TRUE(has("a.example"));
    EXPECT_TRUE(has("b.example"));
    EXPECT_TRUE(has("c.example"));
    EXPECT_TRUE(has("e.example"));
}

TEST_F(OriginDirectoryTest, WhoHasConnectionsHidesNobodyBehind) {
    at("a.example", start_).open = 1;
    at("b.example", start_).open = 1;
    at("c.example", start_);

    for (int i = 0; i < 100; ++i) at("host-" + std::to_string(i) + ".example", start_ + 1s);

    EXPECT_TRUE(has("a.example"));
    EXPECT_TRUE(has("b.example"));
    EXPECT_EQ(directory_.size(), 3U);
}

TEST_F(OriginDirectoryTest, BecomesSmallAgainAfterItsTime) {
    OriginDirectory large{100};
    const auto at = [&](const std::string& host, net::TimePoint when) {
        large.at(host, 443, tls_, rules_, when);
    };
    for (int i = 0; i < 50; ++i) at("host-" + std::to_string(i) + ".example", start_);

    for (int i = 0; i < 20; ++i) {
        at("later-" + std::to_string(i) + ".example", start_ + OriginDirectory::kForgetAfter + 1s);
    }

    EXPECT_EQ(large.size(), 20U);
}

TEST_F(OriginDirectoryTest, WhoStandsInTheTrimmersListStays) {
    at("a.example", start_).trimmed = true;

    for (int i = 0; i < 100; ++i) at("host-" + std::to_string(i) + ".example", start_ + 1s);

    EXPECT_TRUE(has("a.example")) << "the trimmer has its address";
}

TEST_F(OriginDirectoryTest, RetiresWhatIsThereAndWhatComesLater) {
    const auto gone = partner_.context("acme");
    const auto of_gone = [&](const char* host) -> PooledOrigin& {
        return directory_.at(host, 443, gone, rules_, start_);
    };
    PooledOrigin& before = of_gone("a.example");
    const PooledOrigin& other = at("b.example", start_);

    directory_.judge([&gone](const Origin& one) { return Standing{.retired = one.key.tls == gone}; }
    );

    EXPECT_TRUE(before.standing.retired);
    EXPECT_FALSE(other.standing.retired);
    EXPECT_TRUE(of_gone("c.example").standing.retired);
    before.open = 1;
    directory_.forget_retired();
    EXPECT_TRUE(has("a.example")) << "it is used";
    EXPECT_TRUE(has("b.example"));
    EXPECT_FALSE(has("c.example"));
}

class OriginDirectoryOverlap : public OriginDirectoryTest {
protected:
    OriginDirectoryOverlap() {
        directory_.judge([this](const Origin& one) {
            if (one.key.tls == tls_) return Standing{.former = {former_.get(), oldest_.get()}};
            return Standing{.overlap = {start_, start_ + 30min, start_ + 1h, tls_.get()}};
        });
    }
    PooledOrigin& former_at(const std::string& host, net::TimePoint when) {
        return directory_.at(host, 443, former_, rules_, when);
    }

    const std::shared_ptr<const tls::TlsContext> former_ = partner_.context("acme");
    const std::shared_ptr<const tls::TlsContext> oldest_ = partner_.context("acme");
};

TEST_F(OriginDirectoryOverlap, HasTheLatestFirstInWhateverOrderTheyWereMade) {
    PooledOrigin& oldest = directory_.at("a.example", 443, oldest_, rules_, start_);
    PooledOrigin& today = at("a.example", start_);
    PooledOrigin& former = former_at("a.example", start_);

    EXPECT_EQ(today.former, (std::vector{&former, &oldest}));
    EXPECT_EQ(oldest.today, &today);
}

TEST_F(OriginDirectoryOverlap, LinksThoseOfOneDestinationWhicheverIsMadeFirst) {
    PooledOrigin& former_a = former_at("a.example", start_);
    PooledOrigin& today_a = at("a.example", start_);
    former_a.open = today_a.open = 1;  // the directory is small
    PooledOrigin& today_b = at("b.example", start_);
    today_b.open = 1;
    PooledOrigin& former_b = former_at("b.example", start_);

    EXPECT_EQ(former_a.today, &today_a);
    EXPECT_EQ(today_a.former, std::vector{&former_a});
    EXPECT_EQ(former_b.today, &today_b);
    EXPECT_EQ(today_b.former, std::vector{&former_b});
    EXPECT_EQ(today_a.today, nullptr);
}

TEST_F(OriginDirectoryOverlap, LinksNoneOfOtherRules) {
    PooledOrigin& former = former_at("a.example", start_);
    const auto other = std::make_shared<const addresses::OriginRules>();

    const PooledOrigin& today = directory_.at("a.example", 443, tls_, other, start_);

    EXPECT_EQ(former.today, nullptr);
    EXPECT_TRUE(today.former.empty());
}

TEST_F(OriginDirectoryOverlap, CountsTheConnectionsOfAllTogether) {
    PooledOrigin& former = former_at("a.example", start_);
    PooledOrigin& today = at("a.example", start_);
    former.open = 2;
    today.open = 3;

    EXPECT_EQ(today.taken(), 5U);
    EXPECT_EQ(former.taken(), 5U);
}

TEST_F(OriginDirectoryOverlap, ForgetsTheLinksOfWhatGoes) {
    PooledOrigin& former = former_at("a.example", start_);
    former.open = 1;
    at("a.example", start_);
    for (const char* host : {"b.example", "c.example", "d.example"}) at(host, start_ + 1s);
    EXPECT_EQ(former.today, nullptr) << "today's has gone";

    PooledOrigin& again = at("a.example", start_ + 2s);
    EXPECT_EQ(former.today, &again);
    again.open = 1;
    former.open = 0;
    for (const char* host : {"e.example", "f.example", "g.example"}) at(host, start_ + 3s);
    EXPECT_TRUE(again.former.empty()) << "the former has gone";
}

TEST_F(OriginDirectoryOverlap, EndsWithTheNextJudgement) {
    PooledOrigin& former = former_at("a.example", start_);
    PooledOrigin& today = at("a.example", start_);

    directory_.judge([&](const Origin& one) { return Standing{.retired = one.key.tls == former_}; }
    );

    EXPECT_EQ(former.today, nullptr);
    EXPECT_TRUE(today.former.empty());
    EXPECT_TRUE(former.standing.retired);
}

}  // namespace
}  // namespace countersign::proxy::upstream
