#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "proxy/tls/default_groups.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

using LargeHello = tests::ScriptedServer::Options::LargeHello;

/// A key share as large as one after quanta, of which every OpenSSL knows.
const tls::DefaultGroups kLarge{"ffdhe8192:X25519", "X25519"};
/// Between the two first messages.
constexpr int kOnePacket = 1200;

struct Attempt {
    std::optional<Failure> failure;
    bool large = false;
    bool resumed = false;
};

net::Task<void> reach(UpstreamPool& pool, PooledOrigin& origin, Attempt& attempt) {
    ConnectReport report;
    const Result<UpstreamLease> lease = co_await pool.await_lease(origin, Wish::any, report);
    attempt = {};
    if (!lease) {
        attempt.failure = lease.error();
        co_return;
    }
    UpstreamConnection& connection = leased(*lease);
    co_await exchange(connection);
    attempt.large = connection.tls().has_large_hello();
    attempt.resumed = connection.tls().resumed();
}

net::Task<void> reach_twice(UpstreamPool& pool, PooledOrigin& origin, Attempt (&attempts)[2]) {
    co_await reach(pool, origin, attempts[0]);
    co_await reach(pool, origin, attempts[1]);
}

class LargeHelloTest : public testing::Test {
protected:
    LargeHelloTest() { rules_.profile = "partner"; }

    static tests::ScriptedServer::Options failing(
        tests::ScriptedServer::Options options, LargeHello how
    ) {
        options.largest_hello = kOnePacket;
        options.large_hello = how;
        return options;
    }
    /// Two connections, one after the other.
    void reach(std::uint16_t port, const std::shared_ptr<const tls::TlsContext>& tls) {
        world_.loop().run(reach_twice(world_.pool(), world_.origin(port, tls, rules_), attempts_));
    }
    std::shared_ptr<const tls::TlsContext> context(profiles::TlsRules rules = {}) const {
        return partner_.context("acme", std::move(rules), {}, kLarge);
    }

    Partner partner_;
    addresses::OriginRules rules_;
    PoolWorld world_;
    Attempt attempts_[2];
};

TEST_F(LargeHelloTest, IsOfferedAndTaken) {
    const tests::ScriptedServer server{partner_.server(), answer_all};

    reach(server.port(), context());

    for (const Attempt& each : attempts_) {
        EXPECT_FALSE(each.failure);
        EXPECT_TRUE(each.large);
    }
    EXPECT_EQ(server.connections(), 2);
    EXPECT_EQ(world_.handshakes().again_without_large_hello, 0U);
}

struct Row {
    const char* name;
    LargeHello how;
};
class ServerThatTakesNone : public LargeHelloTest, public testing::WithParamInterface<Row> {};

TEST_P(ServerThatTakesNone, IsReachedBySmallOnesFromThenOn) {
    // Half of it is waited for one that is silent.
    rules_.timeouts.handshake = std::chrono::seconds{3};
    const tests::ScriptedServer server{failing(partner_.server(), GetParam().how), answer_all};

    reach(server.port(), context());

    for (const Attempt& each : attempts_) {
        EXPECT_FALSE(each.failure) << each.failure->reason();
        EXPECT_FALSE(each.large);
    }
    EXPECT_EQ(server.connections(), 3) << "the second one was small at once";
    EXPECT_EQ(world_.handshakes().again_without_large_hello, 1U);
    EXPECT_TRUE(world_.handshakes().failures.all().empty()) << "nothing has failed for anybody";
}

INSTANTIATE_TEST_SUITE_P(
    Ways, ServerThatTakesNone,
    testing::Values(
        Row{"Ignores", LargeHello::is_ignored}, Row{"Resets", LargeHello::resets},
        Row{"Closes", LargeHello::closes}, Row{"SendsAnAlert", LargeHello::gets_an_alert}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST_F(LargeHelloTest, IsKeptWhereTheProfileNamesGroups) {
    profiles::TlsRules rules;
    rules.offer.groups = {"ffdhe8192", "X25519"};
    const tests::ScriptedServer server{failing(partner_.server(), LargeHello::closes), answer_all};

    reach(server.port(), context(rules));

    for (const Attempt& each : attempts_) {
        ASSERT_TRUE(each.failure);
        EXPECT_EQ(each.failure->code(), FailureCode::tls_protocol);
    }
    EXPECT_EQ(server.connections(), 2);
    EXPECT_EQ(world_.handshakes().again_without_large_hello, 0U);
}

TEST_F(LargeHelloTest, IsNoneWhereTls12IsTheNewestVersion) {
    profiles::TlsRules rules;
    rules.max_version = profiles::TlsVersion::tls_1_2;
    rules.session_resumption = false;
    const tests::ScriptedServer server{failing(partner_.server(), LargeHello::closes), answer_all};

    reach(server.port(), context(rules));

    EXPECT_FALSE(attempts_[0].failure);
    EXPECT_FALSE(attempts_[0].large);
    EXPECT_EQ(server.connections(), 2);
}

/// The ticket of a server that has asked for a certificate has that in it.
TEST_F(LargeHelloTest, IsNotMadeLargeByATicketThen) {
    tests::ScriptedServer::Options options = failing(partner_.server(), LargeHello::is_ignored);
    options.largest_hello = 800;
    const tests::ScriptedServer server{options, answer_all};
    rules_.timeouts.handshake = std::chrono::seconds{3};

    reach(server.port(), context());

    EXPECT_FALSE(attempts_[0].failure);
    EXPECT_FALSE(attempts_[1].failure) << attempts_[1].failure->reason();
    EXPECT_FALSE(attempts_[1].resumed);
    EXPECT_EQ(server.connections(), 3);
}

TEST_F(LargeHelloTest, IsNotBlamedForAServerThatAnswersNone) {
    tests::ScriptedServer::Options options = partner_.server();
    options.shakes_hands_with = 0;
    options.drops_the_others = true;
    const tests::ScriptedServer server{options, answer_all};

    reach(server.port(), context());

    for (const Attempt& each : attempts_) {
        ASSERT_TRUE(each.failure);
        EXPECT_EQ(each.failure->code(), FailureCode::tls_protocol);
    }
    EXPECT_EQ(server.connections(), 4) << "each was tried once more";
}

/// Who answers a small one has answered, whatever is wrong with it.
TEST_F(LargeHelloTest, IsRememberedOfAServerThatIsRefused) {
    const Partner stranger;
    const tests::ScriptedServer server{failing(stranger.server(), LargeHello::closes), answer_all};

    reach(server.port(), context());

    for (const Attempt& each : attempts_) {
        ASSERT_TRUE(each.failure);
        EXPECT_EQ(each.failure->code(), FailureCode::server_certificate);
    }
    EXPECT_EQ(server.connections(), 3);
}

TEST_F(LargeHelloTest, IsWaitedForAsLongAsAHandshakeMayLastWhereItWasTakenBefore) {
    rules_.timeouts.handshake = std::chrono::seconds{2};
    tests::ScriptedServer::Options options = partner_.server();
    options.shakes_hands_with = 1;
    const tests::ScriptedServer server{options, answer_all};

    reach(server.port(), context());

    EXPECT_FALSE(attempts_[0].failure);
    ASSERT_TRUE(attempts_[1].failure);
    EXPECT_EQ(attempts_[1].failure->code(), FailureCode::handshake_timeout);
    EXPECT_EQ(server.connections(), 2);
}

TEST(DefaultGroups, OfTheLibraryAreItsOwnChoice) {
    const tls::DefaultGroups& groups = tls::DefaultGroups::of_library();

    EXPECT_TRUE(groups.all.empty());
    EXPECT_EQ(groups.are_large(), OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 5);
}

}  // namespace
}  // namespace countersign::proxy::upstream
