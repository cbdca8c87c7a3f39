#include "tests/proxy/upstream/revocation/service_world.hpp"

namespace countersign::proxy::upstream::revocation {
namespace {

TEST_F(RevocationService, BelievesItsAuthorityAndWhomItHasMadeAResponder) {
    put({.next_update = hours{5}});
    const tls::RevocationFinding finding = ask();
    EXPECT_EQ(finding.error, X509_V_OK);
    EXPECT_LE(finding.known_until, std::chrono::system_clock::now() + hours{5});
    EXPECT_GT(finding.known_until, std::chrono::system_clock::now() + hours{4});

    service_.reset();
    const tests::Issued responder =
        issuing_.issue({.common_name = "responder", .ocsp_signing = true});
    put({.responder = &responder});
    EXPECT_EQ(ask().error, X509_V_OK);
}

TEST_F(RevocationService, SaysWhoHasRevokedIt) {
    put({.status = V_OCSP_CERTSTATUS_REVOKED, .reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE});

    const tls::RevocationFinding finding = ask();

    EXPECT_EQ(finding.error, X509_V_ERR_CERT_REVOKED);
    EXPECT_EQ(finding.objection.source, "the OCSP responder " + site_.url("/ocsp"));
    EXPECT_EQ(finding.objection.reason, "key compromise");
    EXPECT_TRUE(finding.objection.since.ends_with(" UTC")) << finding.objection.since;
}

TEST_F(RevocationService, DoesNotBelieveWhatIsNoAnswer) {
    const tests::Ca other = tests::Ca::root("Issuing");
    site_.put("/ocsp", ocsp_answer(other, server_.certificate.get(), {}));
    expect_problem("/ocsp", "its answer is about another certificate");
    const tests::Issued nobody = issuing_.issue({.common_name = "nobody", .server_auth = true});
    put({.responder = &nobody});
    expect_problem("/ocsp", "its answer is not signed by the certificate's authority");
    put({.status = V_OCSP_CERTSTATUS_UNKNOWN});
    expect_problem("/ocsp", "its answer says that its authority does not know the certificate");
    site_.put("/ocsp", "<html>");
    expect_problem("/ocsp", "its answer cannot be read");
    site_.put("/ocsp", "");
    expect_problem("/ocsp", "its answer cannot be read");
    site_.put("/ocsp", tests::ocsp_refusal(OCSP_RESPONSE_STATUS_TRYLATER));
    expect_problem("/ocsp", "its answer says \"trylater\"");
    site_.put_answer("/ocsp", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    expect_problem("/ocsp", "it answers 404");
    site_.put_answer("/ocsp", "HTTP/1.1 307 On\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
    expect_problem("/ocsp", "it answers 307, and redirects are not followed");
    site_.put_answer("/ocsp", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    expect_problem("/ocsp", "it ended the connection before its answer was complete");
    site_.put_answer("/ocsp", "SSH-2.0-x\r\n\r\n");
    EXPECT_TRUE(problem().find("its answer is no HTTP: ") != std::string::npos);
    site_.put("/ocsp", std::string(70'000, 'x'));
    expect_problem("/ocsp", "its answer is larger than 64 KiB");
    put({.this_update = -hours{9}, .next_update = -hours{1}});
    EXPECT_TRUE(problem().find("its answer ended on ") != std::string::npos);
    put({.this_update = hours{1}});
    EXPECT_TRUE(problem().find("its answer begins only on ") != std::string::npos);
}

// Its making is the only time that it has.
TEST_F(RevocationService, AnAnswerWithoutEndHoldsForAnHour) {
    put({.this_update = -std::chrono::minutes{10}, .says_an_end = false});
    const tls::RevocationFinding finding = ask();
    EXPECT_EQ(finding.error, X509_V_OK);
    EXPECT_LE(finding.known_until, std::chrono::system_clock::now() + std::chrono::minutes{50});

    put({.this_update = -hours{2}, .says_an_end = false});
    EXPECT_TRUE(
        problem().find("its answer does not say how long it holds, and was made on ") !=
        std::string::npos
    );
}

TEST_F(RevocationService, GivesUpOnWhoIsSlow) {
    terms_.one_fetch = milliseconds{50};
    site_.hang("/ocsp");
    expect_problem("/ocsp", "no whole answer within 50ms");
}

TEST_F(RevocationService, SaysWhomAConnectionWaitedFor) {
    site_.hang("/ocsp");
    Worker worker{service()};

    const Inquirer::Found found =
        worker.ask(questions(), RevocationRule::hard, rules_, milliseconds{20});

    EXPECT_EQ(
        found.finding.objection.asked,
        std::vector{site_.url("/ocsp") + " (OCSP): no answer yet after 10s (timeouts.handshake)"}
    );
}

TEST_F(RevocationService, AsksNobodyAtADeniedAddress) {
    put({});
    EXPECT_EQ(ask().error, X509_V_OK);

    rules_.addresses.deny = {*profiles::Network::parse("127.0.0.0/8")};
    const tls::RevocationFinding finding = ask();

    ASSERT_EQ(finding.objection.asked.size(), 1U) << "what other rules have allowed is not known";
    EXPECT_TRUE(finding.objection.asked.front().find("addresses.deny") != std::string::npos)
        << finding.objection.asked.front();
    EXPECT_EQ(site_.asked("/ocsp"), 1);
    EXPECT_EQ(
        service().counts().ocsp[static_cast<std::size_t>(metrics::RevocationFetch::prohibited)], 1U
    );
}

TEST_F(RevocationService, SoftGoesOnAtOnceAndKnowsItLater) {
    put(revoked());
    Worker worker{service()};

    EXPECT_EQ(worker.ask(questions(), RevocationRule::soft, rules_).finding.error, X509_V_OK);

    worker.run_until([&] { return !worker.revoked.empty(); });
    EXPECT_EQ(worker.revoked, std::vector{questions()->front().key});
    EXPECT_EQ(
        worker.ask(questions(), RevocationRule::soft, rules_).finding.error, X509_V_ERR_CERT_REVOKED
    );
}

TEST_F(RevocationService, AsksAnewBeforeTheEndAndTellsWhatHasChanged) {
    terms_.refresh_at_latest = milliseconds{50};
    put({});
    Worker worker{service()};
    EXPECT_EQ(worker.ask(questions(), RevocationRule::hard, rules_).finding.error, X509_V_OK);

    put(revoked());
    worker.run_until([&] { return !worker.revoked.empty(); });

    EXPECT_GE(site_.asked("/ocsp"), 2);
    EXPECT_EQ(
        worker.ask(questions(), RevocationRule::hard, rules_).finding.error, X509_V_ERR_CERT_REVOKED
    );
}

TEST_F(RevocationService, ARefreshThatFailsChangesNothing) {
    terms_.refresh_at_latest = milliseconds{20};
    put({});
    Worker worker{service()};
    EXPECT_EQ(worker.ask(questions(), RevocationRule::hard, rules_).finding.error, X509_V_OK);

    site_.put("/ocsp", "<html>");
    const int before = site_.asked("/ocsp");
    worker.run_until([&] { return site_.asked("/ocsp") >= before + 2; });

    EXPECT_EQ(worker.ask(questions(), RevocationRule::hard, rules_).finding.error, X509_V_OK);
}

TEST_F(RevocationService, AsksAgainAfterAWhile) {
    terms_.retry = milliseconds{1};
    site_.put("/ocsp", "<html>");
    EXPECT_EQ(ask().error, X509_V_ERR_UNABLE_TO_GET_CRL);

    put({});
    tests::wait_until("it is asked again", [&] { return ask().error == X509_V_OK; });
}

// The thread of a fetch outlives the worker that wanted it.
TEST_F(RevocationService, AWorkerMayGoWhileItsQuestionIsAsked) {
    site_.hang("/ocsp");
    {
        Worker worker{service()};
        worker.ask(questions(), RevocationRule::hard, rules_, milliseconds{20});
        tests::wait_until("it is asked", [&] { return site_.asked("/ocsp") == 1; });
    }
    Worker other{service()};
    const Inquirer::Found found = other.ask(questions(), RevocationRule::hard, rules_);

    EXPECT_EQ(found.finding.objection.asked.size(), 1U);
    EXPECT_EQ(site_.asked("/ocsp"), 1) << "and for others, too";
}

TEST_F(RevocationService, MayGoWhileItAsks) {
    terms_.one_fetch = seconds{60};
    site_.hang("/ocsp");
    Worker worker{service()};
    worker.ask(questions(), RevocationRule::soft, rules_);
    tests::wait_until("it is asked", [&] { return site_.asked("/ocsp") == 1; });
    const auto began = std::chrono::steady_clock::now();

    service_.reset();

    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds{10});
}

TEST_F(RevocationService, HasAFewAskedAtOnceAndTheOthersLater) {
    terms_.at_once = 2;
    terms_.one_fetch = milliseconds{300};
    terms_.most_waiting = 2;
    site_.hang("/ocsp");
    std::vector<tls::RevocationQuestions> all;
    Worker worker{service()};
    for (int i = 0; i < 6; ++i) {
        server_ = issue({{"authorityInfoAccess", "OCSP;URI:" + site_.url("/ocsp")}});
        all.push_back(questions());
        worker.ask(all.back(), RevocationRule::soft, rules_);
    }

    const Inquirer::Found refused = worker.ask(all.back(), RevocationRule::hard, rules_);
    EXPECT_EQ(
        refused.finding.objection.asked,
        std::vector<std::string>{"too many others are being asked about"}
    );
    const Inquirer::Found waited = worker.ask(all[3], RevocationRule::hard, rules_);
    EXPECT_EQ(waited.finding.objection.asked.size(), 1U);
    EXPECT_EQ(site_.asked("/ocsp"), 4);
}

}  // namespace
}  // namespace countersign::proxy::upstream::revocation
