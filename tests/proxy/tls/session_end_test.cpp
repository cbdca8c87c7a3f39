#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "certs/certificate.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"
#include "tests/support/ocsp_answer.hpp"
#include "tests/support/revocation_list.hpp"

namespace countersign::proxy::tls {
namespace {

using namespace std::chrono_literals;
using SystemTime = std::chrono::system_clock::time_point;

/// What one connection, with an exchange, came to.
struct Opened {
    bool resumed = false;
    SystemTime vouched_until;
};

net::Task<void> open(upstream::UpstreamPool& pool, upstream::PooledOrigin& origin, Opened& opened) {
    const upstream::UpstreamLease lease = co_await upstream::lease_new(pool, origin);
    if (!lease) co_return;
    upstream::UpstreamConnection& connection = leased(lease);
    // A TLS 1.3 ticket comes before the first answer.
    co_await upstream::exchange(connection);
    opened = {connection.tls().resumed(), connection.tls().vouched_until()};
}

net::Task<void> open_both(
    upstream::UpstreamPool& pool, upstream::PooledOrigin& origin, std::function<void()> between,
    Opened& second
) {
    co_await open(pool, origin, second);
    second = {};
    between();
    co_await open(pool, origin, second);
}

net::Task<void> keep_beyond_the_end(upstream::UpstreamPool& pool, upstream::PooledOrigin& origin) {
    upstream::UpstreamLease lease = co_await upstream::lease_new(pool, origin);
    if (!lease) co_return;
    upstream::ConnectionAge& age = upstream::leased(lease).age();
    const net::TimePoint opened = age.idle_since;
    EXPECT_GT(age.vouched_until, opened + 9min);
    EXPECT_LE(age.vouched_until, opened + 10min);
    co_await upstream::exchange(lease);
    age.vouched_until = opened;

    std::move(lease).keep();

    EXPECT_FALSE(pool.lease_idle(origin));
}

class SessionEnd : public testing::TestWithParam<int> {
protected:
    static constexpr auto kAnswerHolds = 3min;

    SessionEnd() {
        const tests::Issued server = partner_.authority().issue(
            {.common_name = "server",
             .ip_addresses = {"127.0.0.1"},
             .not_after = 10min,
             .server_auth = true}
        );
        end_ = certs::not_after_of(server.certificate.get());
        tests::ScriptedServer::Options options;
        options.certificate = partner_.directory().write("short.pem", server.chain_pem());
        options.key = partner_.directory().write("short.key", server.key_pem());
        options.max_version = GetParam();
        options.ocsp_answer = ocsp_answer(
            partner_.authority(), server.certificate.get(), {.next_update = kAnswerHolds}
        );
        server_.emplace(options, upstream::answer_all);
        origin_ = &world_.origin(server_->port(), partner_.context("acme"), {});
    }

    Opened open_one() {
        Opened opened;
        world_.loop().run(open(world_.pool(), *origin_, opened));
        return opened;
    }
    /// The second of two, one after the other; `between` them something happens.
    Opened open_two(std::function<void()> between) {
        Opened opened;
        world_.loop().run(open_both(world_.pool(), *origin_, std::move(between), opened));
        return opened;
    }
    TlsSessionCache& sessions() { return origin_->memory.sessions; }

    const Partner partner_;
    SystemTime end_;
    std::optional<tests::ScriptedServer> server_;
    upstream::PoolWorld world_;
    upstream::PooledOrigin* origin_ = nullptr;
};

TEST_P(SessionEnd, IsThatOfTheChainThatTheServerHasShown) {
    const Opened opened = open_one();

    EXPECT_EQ(opened.vouched_until, end_);
    EXPECT_NE(sessions().take(end_ - 1s).handle, nullptr);
    EXPECT_EQ(sessions().take(end_).handle, nullptr);
}

TEST_P(SessionEnd, IsThatOfWhatIsKnownOfItsRevocation) {
    const tests::CrlSpec spec{.next_update = 5min};
    const auto file = partner_.directory().write("ca.crl", crl_pem(partner_.authority(), spec));
    const auto lists = std::make_shared<const certs::CrlSet>(certs::CrlSet::load({file}).value());
    profiles::TlsRules rules;
    rules.revocation = profiles::RevocationRule::hard;
    origin_ = &world_.origin(server_->port(), partner_.context("acme", rules, lists), {});

    const Opened opened = open_one();

    const SystemTime end = lists->lists().front().next_update;
    EXPECT_EQ(opened.vouched_until, end);
    EXPECT_NE(sessions().take(end - 1s).handle, nullptr);
    EXPECT_EQ(sessions().take(end).handle, nullptr);
}

TEST_P(SessionEnd, IsThatOfTheAnswerThatTheServerHasStapled) {
    const SystemTime before = std::chrono::system_clock::now();
    profiles::TlsRules rules;
    rules.revocation = profiles::RevocationRule::hard;
    origin_ = &world_.origin(server_->port(), partner_.context("acme", rules), {});

    const Opened opened = open_one();

    EXPECT_GT(opened.vouched_until, before);
    EXPECT_LE(opened.vouched_until, before + kAnswerHolds);
    EXPECT_NE(sessions().take(opened.vouched_until - 1s).handle, nullptr);
    EXPECT_EQ(sessions().take(opened.vouched_until).handle, nullptr);
}

TEST_P(SessionEnd, IsNotPutOffByAResumption) {
    const Opened again = open_two([] {});

    ASSERT_TRUE(again.resumed);
    EXPECT_EQ(again.vouched_until, end_);
    EXPECT_NE(sessions().take(end_ - 1s).handle, nullptr) << "a new ticket";
    EXPECT_EQ(sessions().take(end_).handle, nullptr) << "is no better than the old one";
}

TEST_P(SessionEnd, IsThatOfAChainThatIsKnownToBeVerified) {
    const Opened again = open_two([this] { sessions().take(end_); });

    ASSERT_FALSE(again.resumed);
    EXPECT_EQ(again.vouched_until, end_);
}

TEST_P(SessionEnd, MakesTheNextHandshakeAWholeOne) {
    const Opened again = open_two([this] {
        const auto now = std::chrono::system_clock::now();
        TlsSession one = sessions().take(now);
        ASSERT_TRUE(one.handle);
        sessions().take(end_);  // drops the others
        sessions().store({std::move(one.handle), now});
        ASSERT_FALSE(sessions().empty()) << "there is one to be refused";
    });

    EXPECT_FALSE(again.resumed);
    EXPECT_EQ(again.vouched_until, end_);
}

TEST_P(SessionEnd, EndsTheConnectionToo) {
    world_.loop().run(keep_beyond_the_end(world_.pool(), *origin_));
}

INSTANTIATE_TEST_SUITE_P(
    Versions, SessionEnd, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
    [](const auto& version) { return version.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3"; }
);

}  // namespace
}  // namespace countersign::proxy::tls
