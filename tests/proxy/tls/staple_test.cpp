#include "proxy/tls/staple.hpp"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <chrono>
#include <string>

#include "certs/certificate.hpp"
#include "tests/support/ocsp_answer.hpp"

namespace countersign::proxy::tls {
namespace {

using std::chrono::hours;
using Status = Staple::Status;
using tests::OcspSpec;

/// A server's certificate, and answers about it.
class LookAtStaple : public testing::Test {
protected:
    Staple look(const std::string& der) const {
        return look_at_staple(
            certs::as_bytes(der), server_.certificate.get(),
            const_cast<X509*>(issuing_.certificate()), now_
        );
    }
    Staple look(const OcspSpec& spec) const {
        return look(ocsp_answer(issuing_, server_.certificate.get(), spec));
    }
    void expect(const char* what, const Staple& staple, Status status, const std::string& text) {
        EXPECT_EQ(staple.status, status) << what;
        EXPECT_EQ(staple.text, text.empty() ? "" : "the OCSP answer that the server sent " + text)
            << what;
    }

    const Staple::Time now_ = std::chrono::system_clock::now();
    const tests::Ca root_ = tests::Ca::root("Root");
    const tests::Ca issuing_ = root_.intermediate("Issuing");
    const tests::Issued server_ = issuing_.issue({.common_name = "server", .server_auth = true});
};

TEST_F(LookAtStaple, BelievesTheAuthorityAndWhomItHasMadeAResponder) {
    const tests::Issued responder =
        issuing_.issue({.common_name = "responder", .ocsp_signing = true});
    const tests::Issued no_responder =
        issuing_.issue({.common_name = "no responder", .server_auth = true});
    const tests::Issued of_root = root_.issue({.common_name = "of root", .ocsp_signing = true});
    const tests::Issued ended = issuing_.issue(
        {.common_name = "ended",
         .not_before = -hours{9},
         .not_after = -hours{1},
         .ocsp_signing = true}
    );
    const std::string foreign = "is not signed by the certificate's authority";

    expect("its own", look(OcspSpec{}), Status::good, "");
    expect("named by SHA-256", look({.sha256 = true}), Status::good, "");
    expect("a responder's", look({.responder = &responder}), Status::good, "");
    expect("no responder's", look({.responder = &no_responder}), Status::unusable, foreign);
    expect("another authority's", look({.responder = &of_root}), Status::unusable, foreign);
    expect("one that has ended", look({.responder = &ended}), Status::unusable, foreign);
}

TEST_F(LookAtStaple, SaysWhatTheAnswerSays) {
    const Staple good = look({.next_update = hours{3}});
    EXPECT_GT(good.until, now_ + hours{2});
    EXPECT_LE(good.until, now_ + hours{3} + std::chrono::minutes{1});

    // Who was revoked stays so, however old the answer is.
    for (const hours end : {hours{3}, -hours{3}}) {
        const Staple revoked = look(
            {.status = V_OCSP_CERTSTATUS_REVOKED,
             .reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE,
             .this_update = -hours{9},
             .next_update = end}
        );
        EXPECT_EQ(revoked.status, Status::revoked);
        EXPECT_EQ(revoked.reason, "key compromise");
        EXPECT_TRUE(revoked.since.ends_with(" UTC")) << revoked.since;
    }

    expect(
        "unknown", look({.status = V_OCSP_CERTSTATUS_UNKNOWN}), Status::unknown,
        "says that its authority does not know the certificate"
    );
    const Staple ended = look({.this_update = -hours{9}, .next_update = -hours{1}});
    expect("ended", ended, Status::stale, "ended on " + certs::to_text(ended.until));
    const Staple early = look({.this_update = hours{1}});
    EXPECT_EQ(early.status, Status::stale);
    EXPECT_TRUE(early.text.starts_with("the OCSP answer that the server sent begins only on "));
    expect(
        "endless", look({.says_an_end = false}), Status::stale, "does not say how long it holds"
    );
}

TEST_F(LookAtStaple, SaysWhatIsNoAnswer) {
    const tests::Issued other = issuing_.issue({.common_name = "other", .server_auth = true});
    const tests::Ca namesake = tests::Ca::root("Issuing");
    const std::string of_other = ocsp_answer(issuing_, other.certificate.get(), {});
    const std::string of_namesake = ocsp_answer(namesake, server_.certificate.get(), {});

    EXPECT_EQ(look(std::string{}).status, Status::none);
    EXPECT_EQ(look(std::string{}).text, "the server sent no OCSP answer");
    expect("no DER", look(std::string{"none"}), Status::unusable, "cannot be read");
    expect(
        "a refusal", look(tests::ocsp_refusal(OCSP_RESPONSE_STATUS_TRYLATER)), Status::unusable,
        "says \"trylater\""
    );
    expect("about another", look(of_other), Status::unusable, "is about another certificate");
    expect("of a namesake", look(of_namesake), Status::unusable, "is about another certificate");
    std::string forged = ocsp_answer(issuing_, server_.certificate.get(), {});
    char& second = forged.at(forged.find('Z') - 1);  // of the time at which it was made
    second = static_cast<char>(second ^ 1);
    expect(
        "forged", look(forged), Status::unusable, "is not signed by the certificate's authority"
    );
}

TEST_F(LookAtStaple, KnowsWhichCertificatesDemandOne) {
    const tests::Issued demanding = issuing_.issue({.common_name = "x", .must_staple = true});

    EXPECT_TRUE(is_must_staple(demanding.certificate.get()));
    EXPECT_FALSE(is_must_staple(server_.certificate.get()));
}

/// What is known without an answer, and with it.
class WithStaple : public testing::Test {
protected:
    static Staple staple(Status status) {
        Staple one;
        one.status = status;
        one.text = "what it is";
        one.until = kEnd;
        return one;
    }
    static RevocationVerdict nothing_known() {
        RevocationVerdict open;
        open.error = X509_V_ERR_UNABLE_TO_GET_CRL;
        open.known_until = kEnd + hours{1};
        return open;
    }
    static constexpr Staple::Time kEnd{hours{500'000}};
};

TEST_F(WithStaple, RefusesWhatIsRevokedWhateverIsKnownWithout) {
    for (const auto& known : {RevocationVerdict{}, nothing_known()}) {
        EXPECT_EQ(
            with_staple(known, staple(Status::revoked), false).error, X509_V_ERR_CERT_REVOKED
        );
    }
}

TEST_F(WithStaple, ClearsWhatOnlyWasNotKnownForAsLongAsItHolds) {
    const RevocationVerdict cleared = with_staple(nothing_known(), staple(Status::good), true);
    EXPECT_EQ(cleared.error, X509_V_OK);
    EXPECT_EQ(cleared.known_until, kEnd);

    // Known by a list that holds longer.
    RevocationVerdict known;
    known.known_until = kEnd + hours{1};
    EXPECT_EQ(with_staple(known, staple(Status::good), true).known_until, kEnd + hours{1});
}

TEST_F(WithStaple, LeavesTheRestAsItWasUnlessTheCertificateDemandsAnAnswer) {
    for (const Status status : {Status::none, Status::unusable, Status::unknown, Status::stale}) {
        EXPECT_EQ(with_staple({}, staple(status), false).error, X509_V_OK);
        const RevocationVerdict open = with_staple(nothing_known(), staple(status), false);
        EXPECT_EQ(open.error, X509_V_ERR_UNABLE_TO_GET_CRL);
        EXPECT_EQ(open.objection.answer, "what it is");
        for (const auto& known : {RevocationVerdict{}, nothing_known()}) {
            const RevocationVerdict demanded = with_staple(known, staple(status), true);
            EXPECT_EQ(demanded.error, X509_V_ERR_OCSP_VERIFY_NEEDED);
            EXPECT_EQ(demanded.objection.answer, "what it is");
        }
    }
}

}  // namespace
}  // namespace countersign::proxy::tls
