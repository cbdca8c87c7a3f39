#include "proxy/tls/handshake_report.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <optional>
#include <string>
#include <utility>

#include "tests/proxy/brief_bound.hpp"
#include "tests/proxy/tls/handshake_failures.hpp"

namespace countersign::proxy::tls {
namespace {

class HandshakeReport : public ReportTest {};

TEST_F(HandshakeReport, NamesTheMissingIssuerAndWhereItWasSearched) {
    report(certificate(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));

    EXPECT_EQ(out_->code(), FailureCode::server_certificate);
    EXPECT_EQ(out_->side(), Side::upstream);
    EXPECT_EQ(
        out_->reason(),
        "The server's certificate was not accepted: 'CN=api.partner.example' is issued by "
        "'CN=Other "
        "Root', whose certificate the server did not send, and which is not trusted. Trusted: "
        "CN=Partner Root."
    );
    EXPECT_EQ(
        out_->remedy(),
        "If 'CN=Other Root' is an intermediate, the server is set up incompletely: its operator "
        "has "
        "to let it send that certificate, too. Until then, or if it is the root: get the "
        "certificate of 'CN=Other Root' from the server's operator by a way you trust, add it "
        "under "
        "certificates: as a trust_store_cert, and name that record in the trust of profile "
        "'partner'."
    );
}

TEST_F(HandshakeReport, SaysOfAWholeChainThatItsAuthorityIsNotTrusted) {
    for (const int error :
         {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN}) {
        CertificateRefused refused = certificate(error, 1);
        const bool sent = error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
        if (sent) refused.subject = refused.issuer;

        report(refused);

        EXPECT_EQ(
            out_->reason(),
            std::string{"The server's certificate was not accepted: its authority 'CN=Other Root' "
                        "is "} +
                (sent ? "self-signed and " : "") + "not trusted. Trusted: CN=Partner Root."
        );
        EXPECT_TRUE(out_->remedy().starts_with(
            "If this server is the right one, get the certificate of 'CN=Other Root' from the "
            "server's operator"
        )) << out_->remedy();
    }
}

TEST_F(HandshakeReport, SaysThatACertificateIsSelfSigned) {
    CertificateRefused refused = certificate(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    refused.issuer = refused.subject;

    report(refused);

    EXPECT_EQ(
        out_->reason(),
        "The server's certificate was not accepted: 'CN=api.partner.example' is self-signed and "
        "not trusted. Trusted: CN=Partner Root."
    );
    EXPECT_EQ(out_->remedy().find("intermediate"), std::string::npos);
}

TEST_F(HandshakeReport, SaysForWhichNamesTheCertificateIs) {
    report(certificate(X509_V_ERR_HOSTNAME_MISMATCH));

    EXPECT_EQ(out_->code(), FailureCode::server_certificate);
    EXPECT_EQ(
        out_->reason(),
        "The server's certificate was not accepted: it is not for 'api.partner.example'. It is for "
        "DNS:www.partner.example, IP:192.0.2.1."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Call the server by a name that its certificate has, and have that name among the hosts of "
        "the profile. Or, if you are sure that this is the right server, set tls: { server_name: "
        "www.partner.example } in profile 'partner'."
    );
}

TEST_F(HandshakeReport, NamesTheSwitchByWhichAPinnedCertificateNeedsNoName) {
    const std::string part =
        " If that cannot be, tls: { danger_pinned_name: true } in profile 'partner' accepts it, at "
        "a price: a server whose own certificate is in trust, or its key in pins, needs no name in "
        "it: who has that key is taken for every host of the profile.";
    CertificateRefused refused = certificate(X509_V_ERR_HOSTNAME_MISMATCH);
    refused.accepted_by = profiles::Danger::pinned_name;

    report(refused);
    EXPECT_TRUE(out_->remedy().ends_with(part)) << out_->remedy();

    // Nor is it told otherwise of a server to which no name was announced.
    facts_.silenced = true;
    facts_.announced.clear();
    report(refused);
    EXPECT_TRUE(out_->remedy().ends_with(part)) << out_->remedy();

    facts_.silenced = false;
    refused.error = X509_V_ERR_IP_ADDRESS_MISMATCH;
    refused.names = {"DNS:" + facts_.server_name};
    report(refused);
    EXPECT_TRUE(out_->remedy().ends_with(part)) << out_->remedy();

    facts_.dangers.add(profiles::Danger::pinned_name);
    report(refused);
    EXPECT_EQ(out_->remedy().find("danger_"), std::string::npos) << out_->remedy();
}

TEST_F(HandshakeReport, SaysOfAFixedNameWhereItIsFixed) {
    facts_.fixed_name = true;
    report(certificate(X509_V_ERR_HOSTNAME_MISMATCH));
    EXPECT_TRUE(out_->remedy().starts_with("The name is tls.server_name of profile 'partner': "))
        << out_->remedy();

    facts_.fixed_name = false;
    facts_.verify_names = true;
    CertificateRefused only_wildcards = certificate(X509_V_ERR_HOSTNAME_MISMATCH);
    only_wildcards.names = {"DNS:*.partner.example"};
    report(only_wildcards);
    EXPECT_NE(
        out_->remedy().find("add NAME to tls.verify_names of profile 'partner'"), std::string::npos
    ) << out_->remedy();
}

TEST_F(HandshakeReport, SaysThatTheCertificateHasNoNames) {
    CertificateRefused refused = certificate(X509_V_ERR_IP_ADDRESS_MISMATCH);
    refused.names.clear();

    report(refused);

    EXPECT_EQ(
        out_->reason(),
        "The server's certificate was not accepted: it names no host at all (no subject "
        "alternative name), and so is not for 'api.partner.example'."
    );
    EXPECT_EQ(
        out_->remedy(),
        "The server's operator has to get a certificate with the server's name among its subject "
        "alternative names; a common name does not count."
    );
    EXPECT_EQ(brief_text(*out_, "api.example"), "certificate of api.example names no host");

    refused.accepted_by = profiles::Danger::common_name;
    report(refused);
    EXPECT_NE(
        out_->remedy().find(" If that cannot be, tls: { danger_common_name: true } in profile "
                            "'partner' accepts it, at a price: the common name counts"),
        std::string::npos
    ) << out_->remedy();
    facts_.dangers.add(profiles::Danger::common_name);
    report(refused);
    EXPECT_EQ(out_->remedy().find("danger_"), std::string::npos) << out_->remedy();
}

struct DateRow {
    const char* name;
    int error;
    int depth;
    const char* reason;
};

class HandshakeReportOfCertificate : public testing::TestWithParam<DateRow> {};

TEST_P(HandshakeReportOfCertificate, SaysWhichOneAndWhy) {
    TlsFailure failure;
    failure.cause = certificate(GetParam().error, GetParam().depth);

    const Failure out = report_handshake(failure, facts());

    expect_bounded_brief(out);
    EXPECT_EQ(out.code(), FailureCode::server_certificate);
    EXPECT_EQ(out.reason(), GetParam().reason);
    EXPECT_FALSE(out.remedy().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, HandshakeReportOfCertificate,
    testing::Values(
        DateRow{
            "expired_leaf", X509_V_ERR_CERT_HAS_EXPIRED, 0,
            "The server's certificate, 'CN=api.partner.example', expired on 2026-06-30 23:59:59 "
            "UTC."},
        DateRow{
            "expired_above", X509_V_ERR_CERT_HAS_EXPIRED, 1,
            "A certificate in the server's chain, 'CN=api.partner.example', expired on 2026-06-30 "
            "23:59:59 UTC."},
        DateRow{
            "not_yet", X509_V_ERR_CERT_NOT_YET_VALID, 0,
            "The server's certificate, 'CN=api.partner.example', is valid only from 2026-01-01 "
            "00:00:00 UTC on."},
        DateRow{
            "weak_key", X509_V_ERR_EE_KEY_TOO_SMALL, 0,
            "The server's certificate, 'CN=api.partner.example', has a key that is too small to "
            "be accepted."},
        DateRow{
            "weak_digest", X509_V_ERR_CA_MD_TOO_WEAK, 1,
            "A certificate in the server's chain, 'CN=api.partner.example', is signed by an "
            "algorithm that is too weak to be accepted."},
        DateRow{
            "for_clients", X509_V_ERR_INVALID_PURPOSE, 0,
            "The server's certificate, 'CN=api.partner.example', is not for TLS servers: its "
            "extended key usage does not have serverAuth."},
        DateRow{
            "no_authority", X509_V_ERR_INVALID_CA, 1,
            "The server's certificate was not accepted: 'CN=api.partner.example' in its chain has "
            "issued the certificate below it, and may not: it is not marked as an authority "
            "(no CA:TRUE in its basic constraints)."},
        DateRow{
            "authority_for_others", X509_V_ERR_INVALID_PURPOSE, 1,
            "The server's certificate was not accepted: 'CN=api.partner.example' in its chain has "
            "issued the certificate below it, and may not: its extended key usage is not that of "
            "an authority for TLS servers."},
        DateRow{
            "no_signing", X509_V_ERR_KEYUSAGE_NO_CERTSIGN, 1,
            "The server's certificate was not accepted: 'CN=api.partner.example' in its chain has "
            "issued the certificate below it, and may not: its key usage does not have the signing "
            "of certificates (keyCertSign)."},
        DateRow{
            "path_length", X509_V_ERR_PATH_LENGTH_EXCEEDED, 2,
            "The server's certificate was not accepted: 'CN=api.partner.example' in its chain has "
            "issued the certificate below it, and may not: there are more authorities below it "
            "than "
            "it may have (basic constraints, pathlen)."},
        DateRow{
            "signature", X509_V_ERR_CERT_SIGNATURE_FAILURE, 0,
            "The server's certificate, 'CN=api.partner.example', is not signed by the authority "
            "whose name it has as its issuer."},
        DateRow{
            "extension", X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, 0,
            "The server's certificate, 'CN=api.partner.example', has a critical extension that is "
            "not known here."},
        DateRow{
            "unreadable", X509_V_ERR_INVALID_EXTENSION, 0,
            "The server's certificate, 'CN=api.partner.example', has an extension twice, or one "
            "that cannot be read."},
        DateRow{
            "another_reason", X509_V_ERR_CERT_REJECTED, 0,
            "The server's certificate was not accepted: certificate rejected "
            "('CN=api.partner.example')."}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

// The server's operator could do nothing about it.
TEST_F(HandshakeReport, SaysOfWhatIsInTheTrustThatItIsThere) {
    CertificateRefused refused = certificate(X509_V_ERR_INVALID_CA, 1);
    refused.of_trust = true;

    report(refused);

    EXPECT_EQ(out_->side(), Side::proxy);
    EXPECT_EQ(
        out_->reason(),
        "The trust of profile 'partner' has 'CN=api.partner.example', which has issued a "
        "certificate in the server's chain and may not: it is not marked as an authority (no "
        "CA:TRUE in its basic constraints)."
    );

    refused = certificate(X509_V_ERR_CERT_HAS_EXPIRED, 2);
    refused.of_trust = true;
    report(refused);

    EXPECT_EQ(out_->side(), Side::proxy);
    EXPECT_EQ(
        out_->reason(),
        "The server's chain ends in 'CN=api.partner.example', a certificate in the trust of "
        "profile 'partner', which expired on 2026-06-30 23:59:59 UTC."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Check this machine's clock. If that is right, replace it by the authority's present one: "
        "in "
        "the record that has it, or, where it is the system's, by an update of this machine's "
        "ca-certificates. Trusted: CN=Partner Root."
    );

    refused = certificate(X509_V_ERR_CA_KEY_TOO_SMALL, 2);
    refused.of_trust = true;
    refused.accepted_by = profiles::Danger::weak_keys;
    report(refused);

    EXPECT_EQ(out_->side(), Side::proxy);
    EXPECT_NE(
        out_->remedy().find("tls: { danger_weak_keys: true } in profile 'partner'"),
        std::string::npos
    ) << out_->remedy();
}

TEST_F(HandshakeReport, SaysWhichAuthorityMayNotVouchForWhichName) {
    CertificateRefused refused = certificate(X509_V_ERR_EXCLUDED_VIOLATION);
    refused.constraining_authority = "CN=Issuing";
    refused.constrained_name = "api.partner.example";

    report(refused);

    EXPECT_EQ(
        out_->reason(),
        "The server's certificate was not accepted: the authority 'CN=Issuing' excludes the name "
        "'api.partner.example' (name constraints)."
    );
    EXPECT_EQ(
        out_->remedy(),
        "Nothing here changes that, and somebody else may have answered. The server's operator has "
        "to get a certificate from an authority that may vouch for the name."
    );
}

TEST_F(HandshakeReport, SaysOfAConstraintWhatIsKnown) {
    report(certificate(X509_V_ERR_PERMITTED_VIOLATION));

    EXPECT_EQ(
        out_->reason(),
        "The server's certificate was not accepted: an authority above it may vouch for certain "
        "names only, and a name of 'CN=api.partner.example' is none of them (name constraints)."
    );
}

TEST_F(HandshakeReport, SaysThatAnAddressIsNoName) {
    CertificateRefused refused = certificate(X509_V_ERR_IP_ADDRESS_MISMATCH);
    refused.names = {"DNS:192.0.2.7"};
    facts_.server_name = "192.0.2.7";

    report(refused);

    EXPECT_EQ(
        out_->reason(),
        "The server's certificate was not accepted: it is not for '192.0.2.7'. It is for "
        "DNS:192.0.2.7. An address that stands there as a name (DNS) counts for nothing."
    );
    EXPECT_EQ(out_->remedy().find("server_name"), std::string::npos) << out_->remedy();
}

TEST_F(HandshakeReport, SaysThatTheVersionsDiffer) {
    report(alert(SSL_AD_PROTOCOL_VERSION, false));

    EXPECT_EQ(
        out_->reason(),
        "The server ended the TLS handshake (TLS alert 70, protocol version). It speaks neither "
        "TLS "
        "1.2 nor TLS 1.3."
    );
    EXPECT_EQ(
        out_->remedy(),
        "The server's operator has to enable TLS 1.2 or 1.3. If that cannot be, tls: { "
        "danger_tls10: true } in profile 'partner' accepts it, at a price: TLS 1.0 and 1.1 are "
        "offered: who is between the two may read parts of what is sent."
    );
    facts_.max_version = profiles::TlsVersion::tls_1_2;
    report(alert(SSL_AD_PROTOCOL_VERSION, false));
    EXPECT_EQ(
        out_->remedy(),
        "Remove tls.max_version from profile 'partner', so that TLS 1.3 is offered, too."
    );
    facts_.min_version = facts_.max_version = profiles::TlsVersion::tls_1_3;
    TlsFailure picked;
    picked.cause = ProtocolError{"unsupported protocol"};
    report(picked);
    EXPECT_EQ(
        out_->remedy(),
        "Remove tls.min_version from profile 'partner', so that TLS 1.2 is offered, too."
    );
}

TEST_F(HandshakeReport, WithoutAProfileNamesNone) {
    facts_.profile.clear();

    report(certificate(X509_V_ERR_HOSTNAME_MISMATCH));

    EXPECT_EQ(out_->remedy(), "Call the server by a name that its certificate has.");
}

}  // namespace
}  // namespace countersign::proxy::tls
