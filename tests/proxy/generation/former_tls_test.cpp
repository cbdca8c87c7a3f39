#include "proxy/generation/former_tls.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "proxy/generation/generation.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::generation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// A profile whose key store is renewed from load to load.
class FormerTlsTest : public testing::Test {
protected:
    FormerTlsTest() {
        configuration_.certificates = {partner_.trust(), partner_.key_store("a")};
        configuration_.profiles = {Partner::profile("p", {"a.example"}, "a")};
        configuration_.profiles[0].rotation.overlap = minutes{10};
        generation_ = generation_of(configuration_);
    }

    void load() { generation_ = generation_of(configuration_, &*generation_); }
    void renew(std::chrono::seconds not_after = hours{24}) {
        configuration_.certificates[1] = partner_.key_store("a", hours{-1}, not_after);
        load();
    }
    const Route& route() const { return generation_->route(0); }
    /// Of a load after one more renewal, which nobody serves.
    Route route_of_renewal() {
        profiles::Configuration renewed = configuration_;
        renewed.certificates[1] = partner_.key_store("a");
        return generation_of(renewed, &*generation_)->route(0);
    }
    upstream::Standing standing_of(
        const std::shared_ptr<const tls::TlsContext>& tls, net::TimePoint now
    ) const {
        return generation_->standing_of(
            upstream::Origin{{"a.example", 443, tls, route().rules}}, now
        );
    }
    bool has(const std::shared_ptr<const tls::TlsContext>& tls, net::TimePoint now) const {
        return !standing_of(tls, now).retired;
    }

    Partner partner_;
    profiles::Configuration configuration_;
    std::shared_ptr<const Generation> generation_;
};

TEST_F(FormerTlsTest, ServesForTheOverlapAfterARenewal) {
    const auto first = route().tls;
    const net::TimePoint begin = net::Clock::now();

    renew();

    const net::TimePoint end = net::Clock::now();
    ASSERT_EQ(route().former.size(), 1U);
    EXPECT_NE(route().tls, first);
    EXPECT_EQ(route().former[0].tls, first);
    const net::TimePoint until = route().former[0].until;
    EXPECT_GE(until, begin + minutes{10});
    EXPECT_LE(until, end + minutes{10});
    EXPECT_TRUE(has(first, until - std::chrono::nanoseconds{1}));
    EXPECT_FALSE(has(first, until));
    EXPECT_TRUE(has(route().tls, until));
    const upstream::Overlap overlap = standing_of(first, end).overlap;
    EXPECT_EQ(overlap.since + minutes{10}, overlap.until);
    EXPECT_EQ(overlap.since + minutes{5}, overlap.ends_from);
    EXPECT_EQ(overlap.until, until);
    EXPECT_EQ(overlap.today, route().tls.get());
    EXPECT_TRUE(standing_of(route().tls, end).overlap.is_none());
    EXPECT_EQ(standing_of(route().tls, end).former, std::vector{first.get()});
    EXPECT_TRUE(standing_of(route().tls, until).former.empty());
    EXPECT_EQ(generation_->next_retirement(end), until);
    EXPECT_EQ(generation_->next_retirement(until), net::kNever);
}

TEST_F(FormerTlsTest, IsNoneWithoutARenewal) {
    const auto first = route().tls;

    load();

    EXPECT_EQ(route().tls, first);
    EXPECT_TRUE(route().former.empty());
    EXPECT_EQ(generation_->next_retirement(net::Clock::now()), net::kNever);
}

TEST_F(FormerTlsTest, KeepsItsTimeThroughLoadsThatDoNotRenewIt) {
    const auto first = route().tls;
    renew();
    const net::TimePoint until = route().former[0].until;

    load();

    ASSERT_EQ(route().former.size(), 1U);
    EXPECT_EQ(route().former[0].tls, first);
    EXPECT_EQ(route().former[0].until, until);
}

TEST_F(FormerTlsTest, IsEachOfSeveralTheLatestFirst) {
    const auto first = route().tls;
    renew();
    const auto second = route().tls;
    const net::TimePoint until = route().former[0].until;

    renew();

    ASSERT_EQ(route().former.size(), 2U);
    EXPECT_EQ(route().former[0].tls, second);
    EXPECT_EQ(route().former[1].tls, first);
    EXPECT_EQ(route().former[1].until, until);
    EXPECT_EQ(generation_->next_retirement(net::Clock::now()), until);
}

TEST_F(FormerTlsTest, IsOneOfTheLatestEight) {
    for (int i = 0; i < 10; ++i) renew();

    EXPECT_EQ(route().former.size(), 8U);
}

TEST_F(FormerTlsTest, EndsEarlierWhereTheOverlapIsShortened) {
    renew();
    const FormerTls before = route().former.at(0);

    configuration_.profiles[0].rotation.overlap = minutes{1};
    load();
    EXPECT_EQ(route().former.at(0).until, before.since + minutes{1});

    // And not later again.
    configuration_.profiles[0].rotation.overlap = hours{1};
    load();
    EXPECT_EQ(route().former.at(0).until, before.since + minutes{1});

    // What was to end by now does not end at once.
    const auto reloaded = former_tls(
        route(), route_of_renewal(), std::chrono::seconds{10},
        {before.since + std::chrono::seconds{8}, std::chrono::system_clock::now()}
    );
    EXPECT_EQ(reloaded.at(1).until, before.since + std::chrono::seconds{10});
    EXPECT_EQ(reloaded.at(1).ends_from, before.since + std::chrono::seconds{8}) << "not all now";
}

TEST_F(FormerTlsTest, EndsWithItsCertificate) {
    renew(minutes{1});

    renew();

    EXPECT_LE(route().former.at(0).until, net::Clock::now() + minutes{1});
    EXPECT_GT(route().former.at(0).until, net::Clock::now());
}

TEST_F(FormerTlsTest, IsNoneWithoutAnOverlap) {
    configuration_.profiles[0].rotation.overlap = {};
    renew();
    EXPECT_TRUE(route().former.empty());

    // And none any more where it is taken out.
    configuration_.profiles[0].rotation.overlap = minutes{10};
    renew();
    ASSERT_EQ(route().former.size(), 1U);
    configuration_.profiles[0].rotation.overlap = {};
    load();
    EXPECT_TRUE(route().former.empty());
}

TEST_F(FormerTlsTest, IsNoneWhereMoreThanTheIdentityChanges) {
    configuration_.profiles[0].tls.server_name = "other.example";
    renew();
    EXPECT_TRUE(route().former.empty()) << "TLS rules";

    configuration_.profiles[0].connect_to = profiles::HostPort{"10.0.0.7", 8443};
    renew();
    EXPECT_TRUE(route().former.empty()) << "where it goes";

    const tests::Ca other = tests::Ca::root("Other");
    partner_.directory().write(
        "ca.pem", partner_.authority().certificate_pem() + other.certificate_pem()
    );
    renew();
    EXPECT_TRUE(route().former.empty()) << "trust";
}

TEST_F(FormerTlsTest, IsNoneWhereTheRecordNamesAnotherFile) {
    configuration_.certificates[1].source = partner_.key_store("b").source;

    load();

    EXPECT_TRUE(route().former.empty());
}

TEST_F(FormerTlsTest, IsNoneOfAnotherKeyStoreOrOfNone) {
    configuration_.certificates.push_back(partner_.key_store("b"));
    configuration_.profiles[0].key_store = "b";
    load();
    EXPECT_TRUE(route().former.empty());

    configuration_.profiles[0].key_store.reset();
    load();
    EXPECT_TRUE(route().former.empty());

    configuration_.profiles[0].key_store = "b";
    load();
    EXPECT_TRUE(route().former.empty());
}

}  // namespace
}  // namespace countersign::proxy::generation
