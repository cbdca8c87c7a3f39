#include "tests/proxy/upstream/revocation/service_world.hpp"

namespace countersign::proxy::upstream::revocation {
namespace {

/// What is fetched from the distribution points that a certificate names.
class RevocationLists : public RevocationService {};

TEST_F(RevocationLists, ReadsLists) {
    name_list();
    site_.put("/list.crl", crl_der(issuing_, {.next_update = hours{3}}));
    const tls::RevocationFinding good = ask();
    EXPECT_EQ(good.error, X509_V_OK);
    EXPECT_LE(good.known_until, std::chrono::system_clock::now() + hours{3});

    service_.reset();
    site_.put("/list.crl", crl_der(issuing_, {.revoked = {server_.certificate.get()}}));
    const tls::RevocationFinding refused = ask();
    EXPECT_EQ(refused.error, X509_V_ERR_CERT_REVOKED);
    EXPECT_EQ(refused.objection.source, "the CRL " + site_.url("/list.crl") + " of 'CN=Issuing'");
}

TEST_F(RevocationLists, FetchesOneListForAllCertificatesOfItsAuthority) {
    name_list();
    site_.put("/list.crl", crl_der(issuing_, {}));
    EXPECT_EQ(ask().error, X509_V_OK);

    name_list();
    EXPECT_EQ(ask().error, X509_V_OK);

    EXPECT_EQ(site_.asked("/list.crl"), 1);
}

// Over plain http anybody on the way may have given it.
TEST_F(RevocationLists, KeepsNoListThatProvesNothing) {
    terms_.retry = milliseconds{1};
    name_list();
    const tests::Ca other = tests::Ca::root("Issuing");
    for (const std::string& list : {crl_der(other, {}), crl_der(root_, {})}) {
        service_.reset();
        site_.put("/list.crl", list);
        EXPECT_EQ(ask().error, X509_V_ERR_UNABLE_TO_GET_CRL);

        site_.put("/list.crl", crl_der(issuing_, {}));
        tests::wait_until("it is fetched again", [&] { return ask().error == X509_V_OK; });
    }
}

// It may have been on hold.
TEST_F(RevocationLists, FetchesTheListAnewForWhatItHasRevoked) {
    terms_.of_revoked = milliseconds{20};
    name_list();
    site_.put("/list.crl", crl_der(issuing_, {.revoked = {server_.certificate.get()}}));
    EXPECT_EQ(ask().error, X509_V_ERR_CERT_REVOKED);

    site_.put("/list.crl", crl_der(issuing_, {}));

    tests::wait_until("it is not revoked any more", [&] { return ask().error == X509_V_OK; });
}

TEST_F(RevocationLists, WhatAKeptListRevokesStaysSoWhereNoneComes) {
    terms_.of_revoked = milliseconds{1};
    name_list();
    const tests::Issued first = std::move(server_);
    name_list();
    const std::vector<const X509*> both = {first.certificate.get(), server_.certificate.get()};
    site_.put("/list.crl", crl_der(issuing_, {.revoked = both}));
    EXPECT_EQ(ask().error, X509_V_ERR_CERT_REVOKED);

    site_.put("/list.crl", "<html>");
    const int before = site_.asked("/list.crl");
    tests::wait_until("it is too old", [&] { return site_.asked("/list.crl") > before; });
    server_.certificate = certs::share(first.certificate.get());

    EXPECT_EQ(ask().error, X509_V_ERR_CERT_REVOKED);
}

TEST_F(RevocationLists, DoesNotBelieveWhatIsNoList) {
    name_list();
    const tests::Ca other = tests::Ca::root("Issuing");
    site_.put("/list.crl", crl_der(other, {}));
    expect_problem("/list.crl", "its list is not signed by the certificate's authority");
    site_.put("/list.crl", crl_der(root_, {}));
    expect_problem("/list.crl", "its list is not about this certificate");
    site_.put("/list.crl", crl_der(issuing_, {.delta = true}));
    expect_problem(
        "/list.crl",
        "its list cannot be used: it is a delta CRL, which has only what has changed since "
        "another one"
    );
    site_.put("/list.crl", "<html>");
    expect_problem("/list.crl", "it seems to be a web page (HTML), since it begins with '<'");
    site_.put("/list.crl", "list");
    expect_problem(
        "/list.crl",
        "it holds no certificate revocation list (CRL): it is neither PEM nor a list in DER"
    );
    site_.put("/list.crl", crl_der(issuing_, {.this_update = -hours{9}, .next_update = -hours{1}}));
    EXPECT_TRUE(problem().find("its list ended on ") != std::string::npos);
}

TEST_F(RevocationLists, AListOfOtherRulesIsNotKnown) {
    name_list();
    site_.put("/list.crl", crl_der(issuing_, {}));
    EXPECT_EQ(ask().error, X509_V_OK);

    rules_.addresses.deny = {*profiles::Network::parse("127.0.0.0/8")};
    const tls::RevocationFinding finding = ask();

    ASSERT_EQ(finding.objection.asked.size(), 1U);
    EXPECT_TRUE(finding.objection.asked.front().find("addresses.deny") != std::string::npos)
        << finding.objection.asked.front();
    EXPECT_EQ(site_.asked("/list.crl"), 1);
}

}  // namespace
}  // namespace countersign::proxy::upstream::revocation
