#pragma once

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "proxy/tls/handshake_report.hpp"

namespace countersign::proxy::tls {

inline HandshakeFacts facts() {
    return {
        "partner", "api.partner.example:443", "api.partner.example", "CN=acme, O=Acme",
        "CN=Partner Root"};
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

}  // namespace countersign::proxy::tls
