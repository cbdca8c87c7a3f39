// What servers say of the client certificate, in words.

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <tuple>

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

TEST_F(IdentityReport, SaysWhatKindTheKeyIsAndHowItSigns) {
    facts_.identity_key = "EC P-256";
    facts_.identity_signature = "ecdsa_secp256r1_sha256";
    TlsFailure failure = alert(SSL_AD_CERTIFICATE_REQUIRED);
    failure.identity_sent = false;

    report(failure);

    EXPECT_NE(
        out_->reason().find("as that of 'CN=acme, O=Acme' (EC P-256), which was not sent."),
        std::string::npos
    ) << out_->reason();
    EXPECT_TRUE(out_->remedy().starts_with("Use a key store with a key of another kind"));
    EXPECT_TRUE(out_->remedy().ends_with("to accept signatures by ecdsa_secp256r1_sha256."))
        << out_->remedy();

    facts_.limited_by = {"signature_algorithms"};
    report(failure);
    EXPECT_TRUE(
        out_->remedy().ends_with("or add ecdsa_secp256r1_sha256 to it: the server may take it.")
    ) << out_->remedy();
}

TEST_F(IdentityReport, SaysWhichSignaturesTheServerTakes) {
    facts_.identity_signature = "ed25519";
    TlsFailure failure = alert(SSL_AD_CERTIFICATE_REQUIRED);
    failure.identity_sent = false;
    failure.accepted_signatures = {"rsa_pss_rsae_sha256", "ecdsa_secp256r1_sha256"};

    report(failure);

    EXPECT_NE(
        out_->reason().find("which was not sent. It takes signatures by: rsa_pss_rsae_sha256, "
                            "ecdsa_secp256r1_sha256."),
        std::string::npos
    ) << out_->reason();
    EXPECT_EQ(
        out_->remedy(),
        "Use a key store with a key that signs by one of these (what begins with rsa_ wants an RSA "
        "key, with ecdsa_ an EC key), or ask the server's operator to accept signatures by ed25519."
    );
}

TEST_F(IdentityReport, BlamesTheProfilesSignaturesOnlyWhereTheServerTakesTheKeysOwn) {
    facts_.identity_signature = "ed25519";
    facts_.limited_by = {"signature_algorithms"};
    TlsFailure failure = alert(SSL_AD_CERTIFICATE_REQUIRED);
    failure.identity_sent = false;

    failure.accepted_signatures = {"rsa_pss_rsae_sha256", "ed25519"};
    report(failure);
    EXPECT_TRUE(out_->remedy().ends_with("or add ed25519 to it: the server takes it."))
        << out_->remedy();

    failure.accepted_signatures = {"rsa_pss_rsae_sha256"};
    report(failure);
    EXPECT_TRUE(out_->remedy().starts_with("Use a key store with a key that signs by one of these"))
        << out_->remedy();
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

TEST_F(IdentityReport, SaysWhatTheServerFindsWrongWithIt) {
    for (const auto& [number, reason, remedy] :
         {std::tuple{SSL_AD_BAD_CERTIFICATE, "finds a fault", "keystore lint"},
          std::tuple{SSL_AD_UNSUPPORTED_CERTIFICATE, "of a kind", "clientAuth"},
          std::tuple{SSL_AD_CERTIFICATE_REVOKED, "says that it is revoked", "get a new one"},
          std::tuple{SSL_AD_CERTIFICATE_EXPIRED, "By the server's clock", "this machine's clock"},
          std::tuple{SSL_AD_ACCESS_DENIED, "and not admitted", "to admit this certificate"}}) {
        report(alert(number));

        EXPECT_NE(out_->reason().find(reason), std::string::npos) << out_->reason();
        EXPECT_NE(out_->remedy().find(remedy), std::string::npos) << out_->remedy();
    }
}

// The server's operator could do nothing about it.
TEST_F(IdentityReport, SaysThatItIsNotForClients) {
    facts_.identity_for_clients = false;

    report(alert(SSL_AD_UNSUPPORTED_CERTIFICATE));

    EXPECT_EQ(out_->side(), Side::proxy);
    EXPECT_EQ(
        out_->reason(),
        "The server refused the client certificate 'CN=acme, O=Acme' (TLS alert 43, unsupported "
        "certificate). It is not for clients: its extended key usage does not have clientAuth."
    );
    report(alert(SSL_AD_UNKNOWN_CA));
    EXPECT_EQ(out_->side(), Side::upstream) << "that is another matter";
}

// Which it takes is no matter then.
TEST_F(IdentityReport, SaysOfARevokedOneNotThatOthersAreTaken) {
    facts_.identity_issuers = {"CN=Acme Root"};
    TlsFailure failure = alert(SSL_AD_CERTIFICATE_REVOKED);
    failure.accepted_issuers = {"CN=Client CA"};
    failure.issuers_named = 1;

    report(failure);

    EXPECT_EQ(
        out_->reason(),
        "The server refused the client certificate 'CN=acme, O=Acme' (TLS alert 44, certificate "
        "revoked). The server says that it is revoked."
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

}  // namespace
}  // namespace countersign::proxy::tls
