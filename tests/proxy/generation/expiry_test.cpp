#include "proxy/generation/expiry.hpp"

#include <gtest/gtest.h>

#include "tests/support/ca.hpp"

namespace countersign::proxy::generation {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::system_clock;

const Clock::time_point kStart = Clock::time_point{} + std::chrono::seconds{1'795'442'700};

CertificateTerm term(CertificateRole role = CertificateRole::leaf, std::string record = "acme") {
    const bool is_leaf = role == CertificateRole::leaf;
    return {std::move(record),         role, "CN=acme",    std::string(64, '0'),
            {kStart, kStart + 1000h},  240h, "c.yaml:2:5", is_leaf ? "acme.pem" : "",
            is_leaf ? "Renew it." : ""};
}

TEST(StandingOf, ChangesAtTheVerySecond) {
    const CertificateTerm acme = term();
    const struct {
        Clock::time_point now;
        certs::Standing standing;
    } kTimes[] = {
        {kStart - 1s, certs::Standing::not_yet_valid},
        {kStart, certs::Standing::valid},
        {kStart + 760h - 1s, certs::Standing::valid},
        {kStart + 760h, certs::Standing::ends_soon},
        {kStart + 1000h, certs::Standing::ends_soon},
        {kStart + 1000h + 1s, certs::Standing::expired},
    };
    for (const auto& [now, standing] : kTimes) {
        EXPECT_EQ(certs::standing_of(acme.life, now, acme.warn_before), standing)
            << (now - kStart).count();
    }
}

TEST(StandingOf, IsNeverGoodWhereTheTimeCannotBeRead) {
    CertificateTerm acme = term();
    acme.life.not_after = Clock::time_point::min();

    EXPECT_EQ(certs::standing_of(acme.life, kStart, acme.warn_before), certs::Standing::expired);
    EXPECT_LT(days_left(acme, kStart), -100'000);
    acme.life.not_after = Clock::time_point::max();
    EXPECT_EQ(certs::standing_of(acme.life, kStart, acme.warn_before), certs::Standing::valid);
}

TEST(DaysLeft, AreWholeOnes) {
    EXPECT_EQ(days_left(term(), kStart + 1000h - 48h), 2);
    EXPECT_EQ(days_left(term(), kStart + 1000h - 47h), 1);
    EXPECT_EQ(days_left(term(), kStart + 1000h + 1h), -1);
}

TEST(ExpiryFindings, SayWhatHappensToWhom) {
    const struct {
        CertificateRole role;
        Clock::time_point now;
        bool grave;
        std::string sentence;
    } kFindings[] = {
        {CertificateRole::leaf, kStart + 1001h, true,
         "c.yaml:2:5: certificate record 'acme': the certificate 'CN=acme' in acme.pem expired on "
         "2027-01-04 06:05:00 UTC; "
         "requests of the profiles that use it are answered with 503. Renew it."},
        {CertificateRole::leaf, kStart - 1h, true,
         "c.yaml:2:5: certificate record 'acme': the certificate 'CN=acme' in acme.pem is not "
         "valid before 2026-11-23 "
         "14:05:00 UTC; requests of the profiles that use it are answered with 503. Check this "
         "machine's clock"},
        {CertificateRole::leaf, kStart + 800h, false,
         "c.yaml:2:5: certificate record 'acme': the certificate 'CN=acme' in acme.pem expires on "
         "2027-01-04 06:05:00 UTC, "
         "in 8 days"},
        {CertificateRole::chain, kStart + 1001h, true,
         "c.yaml:2:5: certificate record 'acme': of its chain, 'CN=acme' expired on 2027-01-04 "
         "06:05:00 UTC; "
         "servers that have no other certificate of that authority refuse ours: get the renewed "
         "one from who issued it"},
        {CertificateRole::trusted, kStart + 1001h, true,
         "c.yaml:2:5: certificate record 'acme': the trusted 'CN=acme' expired on 2027-01-04 "
         "06:05:00 UTC; "
         "servers that only it vouches for are refused"},
        {CertificateRole::trusted, kStart + 999h, false,
         "c.yaml:2:5: certificate record 'acme': the trusted 'CN=acme' expires on 2027-01-04 "
         "06:05:00 UTC, in "
         "0 days"},
    };
    for (const auto& [role, now, grave, sentence] : kFindings) {
        const auto findings = expiry_findings({term(role)}, now);

        ASSERT_EQ(findings.size(), 1u) << sentence;
        EXPECT_EQ(findings[0].sentence, sentence);
        EXPECT_EQ(findings[0].grave, grave) << sentence;
    }
    EXPECT_TRUE(expiry_findings({term()}, kStart).empty());
}

TEST(ExpiryFindings, SayWhatHappensAtTheAdminAddress) {
    CertificateTerm admin = term();
    admin.for_admin_alone = true;

    const auto found = expiry_findings({admin}, kStart + 1001h);

    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].grave);
    EXPECT_TRUE(found[0].sentence.ends_with(
        "; browsers, and whoever else verifies it, refuse the admin address. Replace it by one "
        "that its authority has renewed"
    )) << found[0].sentence;
}

TEST(ExpiryFindings, AreGraveForTrustOnlyWhereNothingOfTheRecordIsLeft) {
    CertificateTerm lasting = term(CertificateRole::trusted);
    lasting.life.not_after = kStart + 9000h;
    const CertificateTerm ended = term(CertificateRole::trusted);
    const CertificateTerm other = term(CertificateRole::trusted, "other");

    const auto findings = expiry_findings({ended, lasting, other}, kStart + 1001h);

    ASSERT_EQ(findings.size(), 2u);
    EXPECT_FALSE(findings[0].grave);
    EXPECT_TRUE(findings[1].grave);
    EXPECT_NE(findings[1].sentence.find("'other'"), std::string::npos);
}

TEST(ExpiryFindings, NameAFewOfABundleAndCountTheRest) {
    const std::vector<CertificateTerm> bundle(40, term(CertificateRole::trusted));

    const auto findings = expiry_findings(bundle, kStart + 999h);

    ASSERT_EQ(findings.size(), 6u);
    EXPECT_EQ(
        findings[5].sentence,
        "c.yaml:2:5: certificate record 'acme': so it is with 35 more of its certificates"
    );
}

TEST(TermsOf, HaveLeafAndChainAndTheRootWhereItIsSent) {
    tests::Issued issued =
        tests::Ca::root("Root").intermediate("Lower").issue({.common_name = "client"});
    const certs::Identity identity =
        certs::Identity::from(
            std::move(issued.key), std::move(issued.certificate), std::move(issued.chain), "x"
        )
            .value();
    profiles::CertificateRecord record;
    record.name = "acme";
    record.source = certs::KeyStoreSource{};

    const auto terms = terms_of(record, identity, "Renew it.");
    std::get<certs::KeyStoreSource>(record.source).send_root = true;
    const auto with_root = terms_of(record, identity, "Renew it.");

    ASSERT_EQ(terms.size(), 2u);
    EXPECT_EQ(terms[0].role, CertificateRole::leaf);
    EXPECT_EQ(terms[0].subject, "CN=client");
    EXPECT_EQ(terms[0].life.not_after, identity.not_after());
    EXPECT_EQ(terms[0].warn_before, 30 * 24h);
    EXPECT_EQ(terms[1].role, CertificateRole::chain);
    EXPECT_EQ(terms[1].subject, "CN=Lower");
    ASSERT_EQ(with_root.size(), 3u);
    EXPECT_EQ(with_root[2].subject, "CN=Root");
}

}  // namespace
}  // namespace countersign::proxy::generation
