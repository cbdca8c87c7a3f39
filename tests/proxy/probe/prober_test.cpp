#include "proxy/probe/prober.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "certs/certificate.hpp"
#include "proxy/probe/request_head.hpp"
#include "proxy/tls/certificate_verdict.hpp"
#include "tests/proxy/partner.hpp"
#include "tests/support/listening_socket.hpp"
#include "tests/support/scripted_server.hpp"

namespace countersign::proxy::probe {
namespace {

using Texts = std::vector<std::string>;

net::Task<void> keep(Prober& prober, TrialTerms terms, Trial& out) {
    out = co_await prober.attempt(std::move(terms));
}

class ProberTest : public testing::Test {
protected:
    TrialTerms terms(
        std::uint16_t port, const std::string& identity, bool asks = true,
        profiles::TlsRules tls = {}
    ) const {
        upstream::addresses::OriginRules rules;
        rules.profile = "partner";
        TrialTerms terms{"127.0.0.1", port, partner_.context(identity, std::move(tls)), {}, {}, {}};
        terms.rules = std::make_shared<const upstream::addresses::OriginRules>(rules);
        terms.method = "HEAD";
        if (asks) terms.request = request_head("HEAD", "/", "127.0.0.1", {});
        return terms;
    }
    static Trial attempt(TrialTerms terms) {
        Trial trial;
        const upstream::addresses::OwnEndpoints own{{}, {}};
        upstream::dns::NameFiles names;
        Prober prober{names, own, {65536, 2048}, 128};
        prober.spawn(keep(prober, std::move(terms), trial));
        prober.run();
        return trial;
    }
    static Texts said(const Trial& trial, bool by_server) {
        Texts texts;
        for (const auto& one : trial.report.tls->said) {
            if (one.by_server == by_server) texts.push_back(one.what);
        }
        return texts;
    }
    static void answer(tests::Peer& peer) {
        if (!peer.read_request().empty()) peer.write(tests::ok(""));
    }

    Partner partner_;
};

TEST_F(ProberTest, TellsEachStepOfAServerThatAsksForACertificate) {
    const tests::ScriptedServer server{partner_.server(), answer};

    const Trial trial = attempt(terms(server.port(), "acme"));

    ASSERT_FALSE(trial.failure) << trial.failure->reason();
    EXPECT_TRUE(trial.report.complete);
    EXPECT_TRUE(trial.asked);
    EXPECT_TRUE(trial.sent);
    EXPECT_EQ(trial.status, 200);
    EXPECT_EQ(trial.report.identity, "CN=acme");
    ASSERT_EQ(trial.report.reached.attempts.size(), 1U);
    EXPECT_EQ(trial.report.reached.attempts[0].error, 0);
    const tls::HandshakeTranscript& seen = *trial.report.tls;
    EXPECT_EQ(seen.version, "TLSv1.3");
    EXPECT_EQ(seen.suite, "TLS_AES_128_GCM_SHA256");
    const bool is_large = tls::DefaultGroups::of_library().are_large();
    EXPECT_EQ(seen.group, is_large ? "X25519MLKEM768" : "X25519");
    ASSERT_TRUE(seen.asked);
    EXPECT_EQ(seen.asked->issuers, Texts{"CN=Partner Root"});
    EXPECT_FALSE(seen.asked->signatures.empty());
    ASSERT_TRUE(seen.given);
    EXPECT_GE(seen.given->certificates, 1U);
    EXPECT_EQ(seen.given->signature, "ecdsa_secp256r1_sha256");
    ASSERT_FALSE(seen.verified.empty());
    EXPECT_EQ(certs::subject_of(seen.verified.back().get()), "CN=Partner Root");
    EXPECT_EQ(
        said(trial, false), (Texts{"ClientHello", "Certificate", "CertificateVerify", "Finished"})
    );
    EXPECT_EQ(said(trial, true)[0], "ServerHello");
}

/// In TLS 1.3 the handshake is over on this side by then.
TEST_F(ProberTest, SeesARefusalThatComesAfterTheHandshake) {
    const tests::ScriptedServer server{partner_.server(), answer};

    const Trial trial = attempt(terms(server.port(), ""));

    EXPECT_TRUE(trial.report.complete);
    EXPECT_TRUE(trial.asked);
    ASSERT_TRUE(trial.failure);
    EXPECT_EQ(trial.failure->code(), FailureCode::alert_received);
    EXPECT_EQ(trial.report.tls->said.back().alert, 116);
    ASSERT_TRUE(trial.report.tls->given);
    EXPECT_EQ(trial.report.tls->given->certificates, 0U);
}

TEST_F(ProberTest, ListensForARefusalWhereNothingIsAsked) {
    tests::ScriptedServer::Options options = partner_.server();
    const tests::Ca others = tests::Ca::root("Others");
    options.client_ca = partner_.directory().write("others.pem", others.certificate_pem());
    const tests::ScriptedServer server{options, answer};

    const Trial trial = attempt(terms(server.port(), "acme", false));

    EXPECT_TRUE(trial.report.complete);
    EXPECT_TRUE(trial.sent);
    ASSERT_TRUE(trial.failure);
    EXPECT_EQ(trial.failure->code(), FailureCode::alert_received);
}

TEST_F(ProberTest, MarksTheCertificateThatItDoesNotAccept) {
    const tests::Ca others = tests::Ca::root("Others");
    const tests::Issued leaf = others.issue(
        {.common_name = "localhost", .ip_addresses = {"127.0.0.1"}, .server_auth = true}
    );
    tests::ScriptedServer::Options options;
    options.certificate = partner_.directory().write("leaf.pem", leaf.chain_pem());
    options.key = partner_.directory().write("leaf.key", leaf.key_pem());
    const tests::ScriptedServer server{options, answer};

    const Trial trial = attempt(terms(server.port(), "acme"));

    ASSERT_TRUE(trial.failure);
    EXPECT_EQ(trial.failure->code(), FailureCode::server_certificate);
    EXPECT_FALSE(trial.report.complete);
    const tls::HandshakeTranscript& seen = *trial.report.tls;
    EXPECT_TRUE(seen.verified.empty());
    ASSERT_EQ(seen.shown.size(), 1U);
    EXPECT_EQ(
        tls::certificate_verdict(seen, seen.shown[0].get(), std::chrono::system_clock::now()),
        "not accepted"
    );
    EXPECT_FALSE(seen.said.back().by_server);
    EXPECT_EQ(seen.said.back().alert, 48) << "unknown_ca";
}

TEST_F(ProberTest, SaysWhereNobodyListens) {
    const tests::ClosedPort closed;

    const Trial trial = attempt(terms(closed.port(), ""));

    ASSERT_TRUE(trial.failure);
    EXPECT_EQ(trial.failure->code(), FailureCode::connection_refused);
    EXPECT_FALSE(trial.report.tls);
    ASSERT_EQ(trial.report.reached.attempts.size(), 1U);
    EXPECT_EQ(trial.report.reached.attempts[0].error, ECONNREFUSED);
}

TEST_F(ProberTest, SaysWhatCameInsteadOfAnAnswer) {
    const tests::ScriptedServer server{partner_.server(false), [](tests::Peer& peer) {
                                           peer.read_request();
                                           peer.write("220 mail.example ESMTP\r\n");
                                       }};

    const Trial trial = attempt(terms(server.port(), ""));

    ASSERT_TRUE(trial.failure);
    EXPECT_EQ(trial.failure->code(), FailureCode::response_malformed);
    EXPECT_TRUE(trial.report.complete);
}

TEST_F(ProberTest, TriesOnceMoreWithASmallFirstMessageAsAClientIsServed) {
    tests::ScriptedServer::Options options = partner_.server();
    options.largest_hello = 1200;
    options.large_hello = tests::ScriptedServer::Options::LargeHello::closes;
    const tests::ScriptedServer server{options, answer};
    TrialTerms large = terms(server.port(), "acme");
    large.tls = partner_.context("acme", {}, {}, {"ffdhe8192:X25519", "X25519"});

    const Trial trial = attempt(large);

    EXPECT_FALSE(trial.failure) << trial.failure->reason();
    ASSERT_TRUE(trial.large_hello);
    EXPECT_EQ(trial.large_hello->code(), FailureCode::tls_protocol);
    EXPECT_EQ(trial.status, 200);
    EXPECT_EQ(server.connections(), 2);
}

TEST_F(ProberTest, BlamesNoLargeFirstMessageWhereASmallOneIsNotAnsweredEither) {
    tests::ScriptedServer::Options options = partner_.server();
    options.largest_hello = 0;
    options.large_hello = tests::ScriptedServer::Options::LargeHello::closes;
    const tests::ScriptedServer server{options, answer};
    TrialTerms large = terms(server.port(), "acme");
    large.tls = partner_.context("acme", {}, {}, {"ffdhe8192:X25519", "X25519"});

    const Trial trial = attempt(large);

    EXPECT_TRUE(trial.failure);
    EXPECT_FALSE(trial.large_hello);
    EXPECT_EQ(server.connections(), 2);
}

// Of a large answer the server has said all before the end of what is read here, or has not: that
// is no matter of the server's.
TEST_F(ProberTest, TakesAnAnswerOfAnySizeForOne) {
    std::string body;
    const tests::ScriptedServer server{partner_.server(), [&](tests::Peer& peer) {
                                           if (!peer.read_request().empty()) {
                                               peer.write(tests::ok(body));
                                           }
                                       }};
    TrialTerms asked = terms(server.port(), "acme");
    asked.method = "GET";
    asked.request = request_head("GET", "/", "127.0.0.1", {});

    for (const std::size_t kib :
         {0, 1, 63, 64, 65, 128, 192, 208, 214, 216, 220, 224, 230, 240, 256, 400, 2000}) {
        body.assign(kib << 10, 'x');
        const Trial trial = attempt(asked);
        EXPECT_FALSE(trial.failure) << kib << " KiB: " << trial.failure->reason();
        EXPECT_EQ(trial.status, 200) << kib << " KiB";
    }
}

TEST_F(ProberTest, KeepsNothingBetweenTwoTrials) {
    const tests::ScriptedServer server{partner_.server(), answer};
    const TrialTerms same = terms(server.port(), "acme");

    const Trial first = attempt(same);
    const Trial second = attempt(same);

    EXPECT_FALSE(second.failure);
    EXPECT_EQ(second.report.tls->shown.size(), first.report.tls->shown.size()) << "not resumed";
    EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace countersign::proxy::probe
