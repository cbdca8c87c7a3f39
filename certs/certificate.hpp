#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// What a person wants to know of a certificate, as text. Every function takes a certificate that
/// is not null and cannot fail: what cannot be read comes back as "?".

/// RFC 2253 order reversed into what people write: "CN=client, O=Acme, C=DE". UTF-8; control
/// characters escaped.
std::string name_text(const X509_NAME* name);
std::string subject_of(const X509* certificate);
std::string issuer_of(const X509* certificate);
std::vector<std::string> subjects_of(const std::vector<X509Handle>& certificates);
/// "'CN=client, O=Acme', 'CN=Acme Root'", as `printable_list` cuts it.
std::string quoted_subjects_of(const std::vector<X509Handle>& certificates);
std::string serial_of(const X509* certificate);       ///< hexadecimal, lower-case
std::string fingerprint_of(const X509* certificate);  ///< SHA-256, lower-case hexadecimal
/// "DNS:a.example", "IP:127.0.0.1", "URI:spiffe://…", in the order of the certificate.
std::vector<std::string> subject_alt_names_of(const X509* certificate);

/// A time of ASN.1; `unreadable` where it cannot be read. What this clock cannot say becomes the
/// nearest that it can.
std::chrono::system_clock::time_point time_of(
    const ASN1_TIME* time, std::chrono::system_clock::time_point unreadable
);
std::chrono::system_clock::time_point not_before_of(const X509* certificate);
std::chrono::system_clock::time_point not_after_of(const X509* certificate);
bool is_self_issued(const X509* certificate);

bool same(const X509Handle& a, const X509* b);
/// In the same order.
bool same(const std::vector<X509Handle>& a, const std::vector<X509Handle>& b);
bool holds(const std::vector<X509Handle>& certificates, const X509* certificate);
bool holds(std::span<const X509* const> certificates, const X509* certificate);

/// "2026-11-23 14:05:00 UTC".
std::string to_text(std::chrono::system_clock::time_point time);
/// "2026-11-23".
std::string date_text(std::chrono::system_clock::time_point time);
/// Whole days from `now` to the end of a certificate, rounded down: negative once it has ended.
std::int64_t days_until(
    std::chrono::system_clock::time_point end, std::chrono::system_clock::time_point now
);

}  // namespace countersign::certs
