#pragma once

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <optional>
#include <utility>

#include "proxy/tls/handshake_report.hpp"
#include "tests/proxy/brief_bound.hpp"

namespace countersign::proxy::tls {

inline HandshakeFacts facts() {
    HandshakeFacts facts{
        "partner", "api.partner.example:443", "api.partner.example", "CN=acme, O=Acme",
        "CN=Partner Root"};
    facts.announced = facts.server_name;
    return facts;
}

inline CertificateRefused certificate(int error, int depth = 0) {
    return {
        .error = error,
        .text = X509_verify_cert_error_string(error),
        .depth = depth,
        .of_trust = false,
        .subject = "CN=api.partner.example",
        .issuer = "CN=Other Root",
        .not_before = "2026-01-01 00:00:00 UTC",
        .not_after = "2026-06-30 23:59:59 UTC",
        .names = {"DNS:www.partner.example", "IP:192.0.2.1"},
        .constraining_authority = {},
        .constrained_name = {},
        .chain_pins = {},
    };
}

inline TlsFailure alert(int number, bool requested = true) {
    TlsFailure failure;
    // OpenSSL 3.0 has no words for this one.
    const bool wordless = number == SSL_AD_CERTIFICATE_REQUIRED;
    failure.cause = AlertReceived{
        number, wordless ? "certificate required" : SSL_alert_desc_string_long(number)};
    failure.certificate_requested = requested;
    failure.identity_sent = requested;
    return failure;
}

/// What is reported of a failure, by facts that a test may change first.
class ReportTest : public testing::Test {
protected:
    void report(const TlsFailure& failure) {
        out_ = report_handshake(failure, facts_);
        expect_bounded_brief(*out_);
    }
    void report(CertificateRefused refused) {
        TlsFailure failure;
        failure.cause = std::move(refused);
        report(failure);
    }

    HandshakeFacts facts_ = facts();
    std::optional<Failure> out_;
};

}  // namespace countersign::proxy::tls
