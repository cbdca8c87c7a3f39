#include "proxy/upstream/connector.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

using std::chrono::milliseconds;

/// What came of an attempt to open a connection.
struct Opened {
    std::optional<Failure> failure;
    std::string version;
    bool resumed = false;
};

net::Task<void> open(UpstreamPool& pool, PooledOrigin& origin, Opened& opened) {
    ConnectReport report;
    const Result<UpstreamLease> lease = co_await pool.await_lease(origin, Wish::any, report);
    opened = {};
    if (!lease) {
        opened.failure = lease.error();
        co_return;
    }
    UpstreamConnection& connection = leased(*lease);
    // A TLS 1.3 ticket comes after the handshake, before the first answer.
    co_await exchange(connection);
    opened.version = connection.tls().version();
    opened.resumed = connection.tls().resumed();
}

class ConnectorTest : public testing::Test {
protected:
    ConnectorTest() { rules_.profile = "partner"; }
    Opened open_at(std::uint16_t port, const std::shared_ptr<const tls::TlsContext>& tls) {
        PoolWorld world{1, names_};
        Opened opened;
        world.loop().run(open(world.pool(), world.origin(port, tls, rules_), opened));
        return opened;
    }

    Partner partner_;
    addresses::OriginRules rules_;
    dns::NameSources names_;
};

TEST_F(ConnectorTest, OpensAConnectionWithTheIdentity) {
    std::string subject;
    Opened opened;
    {
        const tests::ScriptedServer server{partner_.server(), [&](tests::Peer& peer) {
                                               subject = peer.client_subject();
                                               answer_all(peer);
                                           }};
        opened = open_at(server.port(), partner_.context("acme"));
    }

    EXPECT_FALSE(opened.failure) << opened.failure->reason();
    EXPECT_EQ(opened.version, "TLSv1.3");
    EXPECT_EQ(subject, "CN=acme");
}

TEST_F(ConnectorTest, SaysThatNothingListens) {
    const tests::ClosedPort closed;

    const Opened opened = open_at(closed.port(), partner_.context("acme"));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::connection_refused);
    EXPECT_EQ(
        opened.failure->reason(),
        "Nothing listens at 127.0.0.1:" + std::to_string(closed.port()) + " (connection refused)."
    );
}

TEST_F(ConnectorTest, DialsNoAddressThatIsForbidden) {
    rules_.addresses.deny = {profiles::Network::parse("127.0.0.0/8").value()};
    const tests::ScriptedServer server{partner_.server(), answer_all};

    const Opened opened = open_at(server.port(), partner_.context("acme"));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::address_prohibited);
    EXPECT_EQ(opened.failure->side(), Side::proxy);
    EXPECT_EQ(server.connections(), 0);
}

/// A name may lead to the clouds' metadata service, whoever is asked for it.
TEST_F(ConnectorTest, DialsNoForbiddenAddressThatANameStandsFor) {
    const tests::TempDir directory;
    names_.hosts = directory.write(
        "hosts",
        "169.254.169.254 metadata.example both.example\n"
        "::ffff:169.254.169.254 mapped.example\n"
        "fe80::1 local.example\n"
        "127.0.0.1 both.example\n"
    );
    const tests::ScriptedServer server{partner_.server(), answer_all};
    const auto tls = partner_.context("acme");
    const auto open_through = [&](const std::string& name) {
        rules_.connect_to = profiles::HostPort{name, server.port()};
        return open_at(server.port(), tls);
    };

    for (const std::string name : {"metadata.example", "mapped.example", "local.example"}) {
        const Opened opened = open_through(name);
        ASSERT_TRUE(opened.failure) << name;
        EXPECT_EQ(opened.failure->code(), FailureCode::address_prohibited) << name;
    }
    EXPECT_EQ(server.connections(), 0);
    EXPECT_FALSE(open_through("both.example").failure) << "what may be dialled is";
}

TEST_F(ConnectorTest, FailsAsTheAddressThatWasDialledWhereOthersAreForbidden) {
    const tests::TempDir directory;
    names_.hosts =
        directory.write("hosts", "169.254.169.254 both.example\n127.0.0.1 both.example\n");
    const tests::ClosedPort closed;
    rules_.connect_to = profiles::HostPort{"both.example", closed.port()};

    const Opened opened = open_at(closed.port(), partner_.context("acme"));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::connection_refused);
    EXPECT_TRUE(opened.failure->reason().ends_with(
        " (connection refused); 1 of 2 addresses is forbidden by addresses.deny."
    )) << opened.failure->reason();
}

TEST_F(ConnectorTest, SaysThatAServerDoesNotShakeHands) {
    rules_.timeouts.handshake = milliseconds{50};
    tests::ScriptedServer::Options options = partner_.server();
    options.shakes_hands_with = 0;
    const tests::ScriptedServer server{options, answer_all};

    const Opened opened = open_at(server.port(), partner_.context("acme"));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::handshake_timeout);
}

TEST_F(ConnectorTest, SaysThatWhatAnswersDoesNotSpeakTls) {
    const tests::ScriptedServer server{{}, [](tests::Peer& peer) {
                                           peer.read_some();
                                           peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
                                           peer.read_some();
                                       }};

    const Opened opened = open_at(server.port(), partner_.context("acme"));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::tls_protocol);
    EXPECT_NE(opened.failure->reason().find(" does not speak TLS ("), std::string::npos)
        << opened.failure->reason();
}

TEST_F(ConnectorTest, AcceptsNoServerOfAnUnknownAuthority) {
    const Partner stranger;
    const tests::ScriptedServer server{stranger.server(), answer_all};

    const Opened opened = open_at(server.port(), partner_.context("acme"));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::server_certificate);
    EXPECT_EQ(server.handshakes(), 0);
}

TEST_F(ConnectorTest, AcceptsNoServerOfAnotherName) {
    profiles::TlsRules tls;
    tls.server_name = "api.partner.example";
    const tests::ScriptedServer server{partner_.server(), answer_all};

    const Opened opened = open_at(server.port(), partner_.context("acme", tls));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::server_certificate);
    EXPECT_EQ(
        opened.failure->reason(),
        "The server's certificate was not accepted: it is not for 'api.partner.example'. It is for "
        "DNS:localhost, IP:127.0.0.1."
    );
}

TEST_F(ConnectorTest, SaysThatTheServerWantsACertificate) {
    tests::ScriptedServer::Options options = partner_.server();
    options.max_version = TLS1_2_VERSION;
    const tests::ScriptedServer server{options, answer_all};

    const Opened opened = open_at(server.port(), partner_.context(""));

    ASSERT_TRUE(opened.failure);
    EXPECT_EQ(opened.failure->code(), FailureCode::alert_received);
    EXPECT_NE(opened.failure->reason().find("CN=Partner Root"), std::string::npos)
        << opened.failure->reason();
}

net::Task<void> read_refusal(UpstreamPool& pool, PooledOrigin& origin, tls::TlsFailure& refusal) {
    ConnectReport report;
    const Result<UpstreamLease> lease = co_await pool.await_lease(origin, Wish::any, report);
    EXPECT_TRUE(lease) << "in TLS 1.3 the client is finished before the server has looked";
    if (!lease) co_return;
    std::array<char, 1> byte;
    const net::IoResult read =
        co_await net::read_some(leased(*lease).tls(), byte.data(), byte.size(), net::kNever);
    EXPECT_EQ(read.status, net::IoStatus::refused);
    refusal = leased(*lease).tls().take_failure();
}

TEST_F(ConnectorTest, InTls13TheRefusalComesWithTheFirstRead) {
    const tests::ScriptedServer server{partner_.server(), answer_all};
    PoolWorld world;
    tls::TlsFailure refusal;

    world.loop().run(read_refusal(
        world.pool(), world.origin(server.port(), partner_.context(""), rules_), refusal
    ));

    const auto* const alert = std::get_if<tls::AlertReceived>(&refusal.cause);
    ASSERT_NE(alert, nullptr);
    EXPECT_EQ(alert->number, SSL_AD_CERTIFICATE_REQUIRED);
    EXPECT_EQ(alert->name, "certificate required");
    EXPECT_TRUE(refusal.after_handshake);
    EXPECT_TRUE(refusal.certificate_requested);
    EXPECT_EQ(refusal.version, "TLSv1.3");
    EXPECT_EQ(refusal.accepted_issuers, std::vector<std::string>{"CN=Partner Root"});
}

net::Task<void> open_two(
    UpstreamPool& pool, PooledOrigin& first, PooledOrigin& second, Opened& opened
) {
    Opened before;
    co_await open(pool, first, before);
    EXPECT_FALSE(before.resumed);
    co_await open(pool, second, opened);
}

TEST_F(ConnectorTest, ATwinOutlivesTheContextThatItWasMadeFrom) {
    const tests::ScriptedServer server{partner_.server(), answer_all};
    profiles::TlsRules rules;
    rules.verify_names = {{profiles::VerifyName::Kind::dns, "localhost"}};
    std::shared_ptr<const tls::TlsContext> first = partner_.context("acme", rules);
    const std::shared_ptr<const tls::TlsContext> twin = tls::TlsContext::twin_of(*first);
    first.reset();

    const Opened opened = open_at(server.port(), twin);

    EXPECT_FALSE(opened.failure) << opened.failure->reason();
}

/// Which TLS sessions are resumed, in each version.
class SessionTest : public ConnectorTest, public testing::WithParamInterface<int> {
protected:
    SessionTest() {
        tests::ScriptedServer::Options options = partner_.server();
        options.max_version = GetParam();
        server_.emplace(options, answer_all);
    }
    std::optional<tests::ScriptedServer> server_;
    PoolWorld world_;
};

TEST_P(SessionTest, OfTheSameKeyIsResumed) {
    PooledOrigin& origin = world_.origin(server_->port(), partner_.context("acme"), rules_);
    Opened opened;

    world_.loop().run(open_two(world_.pool(), origin, origin, opened));

    EXPECT_TRUE(opened.resumed);
}

TEST_P(SessionTest, OfAnotherIdentityIsNotResumed) {
    PooledOrigin& acme = world_.origin(server_->port(), partner_.context("acme"), rules_);
    PooledOrigin& other = world_.origin(server_->port(), partner_.context("other"), rules_);
    Opened opened;

    world_.loop().run(open_two(world_.pool(), acme, other, opened));

    EXPECT_FALSE(opened.failure);
    EXPECT_FALSE(opened.resumed);
}

TEST_P(SessionTest, IsNotResumedWhereTheProfileDoesNotWantIt) {
    profiles::TlsRules tls;
    tls.session_resumption = false;
    PooledOrigin& origin = world_.origin(server_->port(), partner_.context("acme", tls), rules_);
    Opened opened;

    world_.loop().run(open_two(world_.pool(), origin, origin, opened));

    EXPECT_FALSE(opened.failure);
    EXPECT_FALSE(opened.resumed);
}

INSTANTIATE_TEST_SUITE_P(
    Versions, SessionTest, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
    [](const auto& version) { return version.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3"; }
);

}  // namespace
}  // namespace countersign::proxy::upstream
