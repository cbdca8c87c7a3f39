// What servers say of the client certificate, in words.

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <optional>
#include <string>

#include "proxy/tls/handshake_report.hpp"
#include "tests/proxy/tls/handshake_failures.hpp"

namespace countersign::proxy::tls {
namespace {

class IdentityReport : public testing::Test {
protected:
    void report(const TlsFailure& failure) { out_ = report_handshake(failure, facts_); }

    HandshakeFacts facts_ = facts();
    std::optional<Failure> out_;
};

TEST_F(IdentityReport, SaysThatTheServerRefusedTheIdentity) {
    TlsFailure failure = alert(SSL_AD_UNKNOWN_CA);
    failure.accepted_issuers = {"CN=Client CA 1", "CN=Client CA 2"};

    report(failure);

    EXPECT_EQ(out_->code(), FailureCode::alert_received);
    EXPECT_EQ(out_->side(), Side::upstream);
    EXPECT_EQ(
        out_->reason(),
        "The server refused the client certificate 'CN=acme, O=Acme' (TLS alert 48, unknown CA). "
        "It says that it accepts certificates of: CN=Client CA 1, CN=Client CA 2."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Ask the server's operator whether this certificate is registered there and not revoked, "
        "and which authorities it accepts. Whether an intermediate is missing in the key store is "
        "told by: countersign keystore lint FILE"
    );
}

TEST_F(IdentityReport, ComparesTheAuthoritiesThatTheServerTakesWithThoseOfTheIdentity) {
    facts_.identity_issuers = {"CN=Acme Issuing", "CN=Acme Root"};
    TlsFailure failure = alert(SSL_AD_UNKNOWN_CA);
    failure.accepted_issuers = {"CN=Client CA"};
    failure.issuers_named = 1;

    report(failure);

    EXPECT_TRUE(out_->reason().ends_with(
        "It says that it accepts certificates of: CN=Client CA. This one's authorities are none of "
        "them: CN=Acme Issuing, CN=Acme Root."
    )) << out_->reason();
    EXPECT_TRUE(out_->remedy().starts_with("Use a key store with a certificate of an authority"))
        << out_->remedy();

    failure.accepted_issuers.emplace_back("CN=Acme Root");
    failure.issuers_named = 2;
    report(failure);
    EXPECT_EQ(out_->reason().find("none of them"), std::string::npos) << "it takes the root";

    failure.accepted_issuers = {"CN=Client CA"};
    failure.issuers_named = 40;
    report(failure);
    EXPECT_TRUE(out_->reason().ends_with("of: CN=Client CA, and 39 more.")) << out_->reason();
}

TEST_F(IdentityReport, SaysThatAServerWantsAnIdentityWhereThereIsNone) {
    facts_.identity.clear();

    report(alert(SSL_AD_CERTIFICATE_REQUIRED));

    EXPECT_EQ(
        out_->reason(),
        "The server refused the connection (TLS alert 116, certificate required): it wants a "
        "client certificate, and profile 'partner' has no key_store."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Set key_store in profile 'partner' to the record (under certificates:) of the certificate "
        "that the server expects."
    );
    facts_.profile.clear();
    report(alert(SSL_AD_CERTIFICATE_REQUIRED));
    EXPECT_TRUE(out_->reason().ends_with("wants a client certificate, and the host has no profile.")
    ) << out_->reason();
}

TEST_F(IdentityReport, SaysThatTheIdentityIsOfAKindThatTheServerDoesNotTake) {
    for (const int number : {SSL_AD_CERTIFICATE_REQUIRED, SSL_AD_HANDSHAKE_FAILURE}) {
        TlsFailure failure = alert(number);
        failure.identity_sent = false;

        report(failure);

        EXPECT_NE(
            out_->reason().find("it wants a client certificate, and takes no signature of such a "
                                "key as that of 'CN=acme, O=Acme', which was not sent."),
            std::string::npos
        ) << out_->reason();
        EXPECT_TRUE(out_->remedy().starts_with("Use a key store with a key of another kind"));
    }
}

// The server may well take such a signature: the profile does not.
TEST_F(IdentityReport, SaysThatTheProfileLimitsTheSignatures) {
    facts_.limited_by = {"groups", "signature_algorithms"};
    TlsFailure failure = alert(SSL_AD_CERTIFICATE_REQUIRED);
    failure.identity_sent = false;

    report(failure);

    EXPECT_NE(
        out_->reason().find("takes no signature of such a key as that of 'CN=acme, O=Acme' by an "
                            "algorithm that profile 'partner' allows (tls.signature_algorithms), "
                            "which was not sent."),
        std::string::npos
    ) << out_->reason();
    EXPECT_EQ(
        out_->remedy(),
        "Remove signature_algorithms from tls: in profile 'partner', or add one to it that such a "
        "key makes: the server may take it."
    );
}

TEST_F(IdentityReport, RefusesNoIdentityThatNobodyAskedFor) {
    report(alert(SSL_AD_ACCESS_DENIED, false));

    EXPECT_EQ(out_->reason(), "The server ended the TLS handshake (TLS alert 49, access denied).");
}

TEST_F(IdentityReport, EveryAlertAboutACertificateIsARefusalOfIt) {
    for (const int number :
         {SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
          SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA,
          SSL_AD_ACCESS_DENIED}) {
        report(alert(number));
        EXPECT_TRUE(out_->reason().starts_with("The server refused the client certificate"))
            << number;
    }
}

TEST_F(IdentityReport, AHandshakeFailureMayBeAboutTheCertificateThatWasAskedFor) {
    report(alert(SSL_AD_HANDSHAKE_FAILURE));

    EXPECT_EQ(
        out_->reason(), "The server ended the TLS handshake (TLS alert 40, handshake failure)."
    );
    EXPECT_EQ(
        out_->remedy(),
        "It asked for a client certificate and may not like 'CN=acme, O=Acme', or the two sides "
        "share no cipher suite; its operator's log says which."
    );
}

TEST_F(IdentityReport, AHandshakeFailureIsAboutTheCertificateThatIsNotThere) {
    facts_.identity.clear();

    report(alert(SSL_AD_HANDSHAKE_FAILURE));

    EXPECT_EQ(
        out_->reason(),
        "The server refused the connection (TLS alert 40, handshake failure): it wants a client "
        "certificate, and profile 'partner' has no key_store."
    );
}

TEST_F(IdentityReport, AHandshakeFailureBeforeThatIsMoreLikelyAboutCiphers) {
    report(alert(SSL_AD_HANDSHAKE_FAILURE, false));

    EXPECT_EQ(
        out_->remedy(),
        "Perhaps the two sides share no cipher suite; its operator's log says which."
    );
}

}  // namespace
}  // namespace countersign::proxy::tls
