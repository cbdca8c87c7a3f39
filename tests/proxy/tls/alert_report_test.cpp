#include "proxy/tls/alert_report.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <utility>

#include "proxy/tls/handshake_report.hpp"
#include "tests/proxy/tls/handshake_failures.hpp"

namespace countersign::proxy::tls {
namespace {

/// By alerts that are not about the client certificate.
class AlertReport : public ReportTest {};

TEST_F(AlertReport, SaysThatTheServerDoesNotKnowTheName) {
    report(alert(SSL_AD_UNRECOGNIZED_NAME, false));

    EXPECT_EQ(
        out_->reason(),
        "The server ended the TLS handshake (TLS alert 112, unrecognized name): it does not know "
        "the name 'api.partner.example'."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Ask its operator for the name that it expects, and set tls: { server_name: NAME } in "
        "profile 'partner'."
    );
    facts_.profile.clear();
    report(alert(SSL_AD_UNRECOGNIZED_NAME, false));
    EXPECT_EQ(out_->remedy(), "Ask its operator for the name that it expects.");
}

TEST_F(AlertReport, SaysThatNoNameWasAnnounced) {
    facts_.announced.clear();
    report(alert(SSL_AD_UNRECOGNIZED_NAME, false));
    EXPECT_EQ(
        out_->reason(),
        "The server ended the TLS handshake (TLS alert 112, unrecognized name). No name was "
        "announced to it: it is called by an address, which is none."
    );
    EXPECT_EQ(
        out_->remedy(),
        "A server with several sites needs the name: call it by its name, or set tls: { "
        "server_name: NAME } in profile 'partner'."
    );

    facts_.silenced = true;
    report(alert(SSL_AD_UNRECOGNIZED_NAME, false));
    EXPECT_EQ(
        out_->remedy(),
        "A server with several sites needs the name: remove server_name: none from profile "
        "'partner'."
    );
}

TEST_F(AlertReport, SaysWhatAHandshakeFailureMeansBeforeACertificateIsAskedFor) {
    report(alert(SSL_AD_HANDSHAKE_FAILURE, false));

    EXPECT_EQ(
        out_->reason(),
        "The server ended the TLS handshake (TLS alert 40, handshake failure): by that a server "
        "says that it takes none of the cipher suites, groups or signature algorithms that are "
        "offered, or does not know for whom it is called."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Ask the server's operator what the server takes: its log says what it found missing. "
        "Name that, and whatever else is to be offered, in cipher_suites (TLS 1.3), ciphers (TLS "
        "1.2), groups or signature_algorithms under tls: in profile 'partner'. If it is a "
        "signature algorithm with SHA-1, tls: { danger_sha1: true } in profile 'partner' "
        "accepts it, at a price: signatures by SHA-1 are accepted and made: they can be forged."
    );
    facts_.limited_by = {"groups"};
    report(alert(SSL_AD_HANDSHAKE_FAILURE, false));
    EXPECT_TRUE(out_->reason().ends_with(
        " What is offered is limited by groups under tls: in profile 'partner'."
    )) << out_->reason();
    EXPECT_EQ(
        out_->remedy(),
        "Remove groups from tls: in profile 'partner', or add what the server takes: its operator "
        "knows that."
    );
}

TEST_F(AlertReport, SaysThatAHandshakeFailureMayBeAboutTheCertificateThatWasSent) {
    TlsFailure failure = alert(SSL_AD_HANDSHAKE_FAILURE);
    failure.accepted_issuers = {"CN=Client CA"};
    failure.issuers_named = 1;

    report(failure);

    EXPECT_EQ(
        out_->reason(),
        "The server ended the TLS handshake (TLS alert 40, handshake failure): it had asked for a "
        "client certificate, and was sent 'CN=acme, O=Acme'. It says that it accepts certificates "
        "of: CN=Client CA."
    );
    EXPECT_TRUE(
        out_->remedy().starts_with("Some servers refuse a client certificate that way. Ask the ")
    ) << out_->remedy();
}

TEST_F(AlertReport, SaysThatTheServerTakesNoHttp1) {
    report(alert(SSL_AD_NO_APPLICATION_PROTOCOL, false));

    EXPECT_EQ(
        out_->reason(),
        "The server ended the TLS handshake (TLS alert 120, no application protocol): it does not "
        "take HTTP/1.1, the only protocol that is offered."
    );
    EXPECT_NE(out_->remedy().find("tls: { alpn: [] } in profile 'partner'"), std::string::npos);
}

TEST_F(AlertReport, SaysWhatAnAlertMeans) {
    for (const auto& [number, meaning] :
         {std::pair{SSL_AD_INTERNAL_ERROR, "it ran into an error of its own"},
          std::pair{SSL_AD_DECODE_ERROR, "it could not read what it got"},
          std::pair{SSL_AD_INSUFFICIENT_SECURITY, "it wants stronger cipher suites"},
          std::pair{SSL_AD_USER_CANCELLED, "it cancels it for a reason of its own"},
          std::pair{SSL_AD_BAD_RECORD_MAC, "what it got was damaged"}}) {
        report(alert(number, false));

        EXPECT_NE(out_->reason().find(meaning), std::string::npos) << out_->reason();
        EXPECT_FALSE(out_->remedy().empty());
    }
    report(alert(SSL_AD_DECRYPT_ERROR));
    EXPECT_NE(
        out_->reason().find("did not pass there, which is, most likely, the signature that shows "
                            "that it has the key of 'CN=acme, O=Acme'"),
        std::string::npos
    ) << out_->reason();
}

// RFC 8446 6.2: the server wants more than is offered, and SHA-1 would be less.
TEST_F(AlertReport, ASafetyThatIsMissingIsNotFoundInSha1) {
    report(alert(SSL_AD_INSUFFICIENT_SECURITY, false));

    EXPECT_EQ(out_->remedy().find("danger_"), std::string::npos) << out_->remedy();
    EXPECT_NE(out_->remedy().find("cipher_suites"), std::string::npos) << out_->remedy();
}

TEST_F(AlertReport, WhatTheProfileNarrowsIsThisSides) {
    for (const int number :
         {SSL_AD_HANDSHAKE_FAILURE, SSL_AD_INSUFFICIENT_SECURITY, SSL_AD_PROTOCOL_VERSION}) {
        report(alert(number, false));
        EXPECT_EQ(out_->side(), Side::upstream) << number;
    }
    facts_.limited_by = {"groups"};
    facts_.max_version = profiles::TlsVersion::tls_1_2;
    for (const int number :
         {SSL_AD_HANDSHAKE_FAILURE, SSL_AD_INSUFFICIENT_SECURITY, SSL_AD_PROTOCOL_VERSION}) {
        report(alert(number, false));
        EXPECT_EQ(out_->side(), Side::proxy) << number;
    }
}

TEST_F(AlertReport, SaysThatTheHandshakeWasOver) {
    TlsFailure failure = alert(SSL_AD_INTERNAL_ERROR, false);
    failure.after_handshake = true;

    report(failure);

    EXPECT_EQ(
        out_->reason(),
        "After the TLS handshake the server ended the connection (TLS alert 80, internal error): "
        "it ran into an error of its own."
    );
    EXPECT_EQ(brief_text(*out_, "api.example"), "connection ended by api.example: internal error");
}

TEST_F(AlertReport, GivesAnAlertThatNobodyKnowsByItsNumber) {
    report(alert(SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE, false));

    EXPECT_TRUE(out_->reason().starts_with("The server ended the TLS handshake (TLS alert 113, "))
        << out_->reason();
    EXPECT_EQ(
        out_->remedy(), "Ask the server's operator: the server's log says more of this connection."
    );
}

}  // namespace
}  // namespace countersign::proxy::tls
