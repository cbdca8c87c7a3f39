#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/proxy/tls/handshake_failures.hpp"

namespace countersign::proxy::tls {
namespace {

struct BriefRow {
    const char* name;
    TlsFailure failure;
    const char* brief;
};

TlsFailure failure_by(CertificateRefused refused) {
    TlsFailure failure;
    failure.cause = std::move(refused);
    return failure;
}

TlsFailure failure_by(ProtocolError error) {
    TlsFailure failure;
    failure.cause = std::move(error);
    return failure;
}

class HandshakeBrief : public testing::TestWithParam<BriefRow> {};

// The status line is all that most programs show.
TEST_P(HandshakeBrief, SaysWhatItWas) {
    const Failure failure = report_handshake(GetParam().failure, facts());

    EXPECT_EQ(brief_text(failure, "api.example"), GetParam().brief);
}

INSTANTIATE_TEST_SUITE_P(
    Causes, HandshakeBrief,
    testing::Values(
        BriefRow{
            "issuer", failure_by(certificate(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)),
            "certificate of api.example not accepted: issuer neither sent nor trusted"},
        BriefRow{
            "authority", failure_by(certificate(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1)),
            "certificate of api.example not accepted: its authority is not trusted"},
        BriefRow{
            "name", failure_by(certificate(X509_V_ERR_HOSTNAME_MISMATCH)),
            "certificate of api.example is for another name"},
        BriefRow{
            "constraint", failure_by(certificate(X509_V_ERR_PERMITTED_VIOLATION)),
            "certificate of api.example breaks its authority's name constraints"},
        BriefRow{
            "pins", failure_by(certificate(X509_V_ERR_APPLICATION_VERIFICATION)),
            "certificate of api.example has no pinned key"},
        BriefRow{
            "expired", failure_by(certificate(X509_V_ERR_CERT_HAS_EXPIRED)),
            "certificate of api.example has expired"},
        BriefRow{
            "early", failure_by(certificate(X509_V_ERR_CERT_NOT_YET_VALID)),
            "certificate of api.example is not yet valid"},
        BriefRow{
            "weak", failure_by(certificate(X509_V_ERR_EE_KEY_TOO_SMALL)),
            "certificate of api.example is too weak"},
        BriefRow{
            "purpose", failure_by(certificate(X509_V_ERR_INVALID_PURPOSE)),
            "certificate of api.example is not for servers"},
        BriefRow{
            "revoked", failure_by(certificate(X509_V_ERR_CERT_REVOKED)),
            "certificate of api.example is revoked"},
        BriefRow{
            "revoked_authority", failure_by(certificate(X509_V_ERR_CERT_REVOKED, 1)),
            "certificate of api.example not accepted: its authority is revoked"},
        BriefRow{
            "revoked_perhaps", failure_by(certificate(X509_V_ERR_UNABLE_TO_GET_CRL)),
            "certificate of api.example not accepted: not known whether it is revoked"},
        BriefRow{
            "must_staple", failure_by(certificate(X509_V_ERR_OCSP_VERIFY_NEEDED)),
            "certificate of api.example not accepted: without the OCSP answer that it demands"},
        BriefRow{
            "other", failure_by(certificate(X509_V_ERR_CERT_REJECTED)),
            "certificate of api.example not accepted"},
        BriefRow{
            "identity", alert(SSL_AD_UNKNOWN_CA),
            "client certificate refused by api.example: unknown CA"},
        BriefRow{
            "version", alert(SSL_AD_PROTOCOL_VERSION),
            "no TLS version in common with api.example: protocol version"},
        BriefRow{
            "no_tls",
            failure_by(ProtocolError{"error:0A00010B:SSL routines::wrong version number"}),
            "what answers at api.example does not speak TLS"},
        BriefRow{
            "protocol", failure_by(ProtocolError{"error:0A0000C1:SSL routines::no shared cipher"}),
            "TLS handshake with api.example failed"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(HandshakeBriefOfAnAlert, SaysThatAnIdentityIsWantedWhereThereIsNone) {
    HandshakeFacts without = facts();
    without.identity.clear();

    const Failure failure = report_handshake(alert(SSL_AD_CERTIFICATE_REQUIRED), without);

    EXPECT_EQ(
        brief_text(failure, "api.example"),
        "client certificate wanted by api.example, and the profile has none: certificate required"
    );
    EXPECT_EQ(failure.alert(), SSL_AD_CERTIFICATE_REQUIRED);
}

TEST(HandshakeBriefOfAnAlert, SaysThatTheIdentityWasNotSent) {
    TlsFailure none = alert(SSL_AD_CERTIFICATE_REQUIRED);
    none.identity_sent = false;

    const Failure failure = report_handshake(none, facts());

    EXPECT_EQ(
        brief_text(failure, "api.example"),
        "no certificate sent to api.example: it takes no signature of such a key: certificate "
        "required"
    );
}

}  // namespace
}  // namespace countersign::proxy::tls
