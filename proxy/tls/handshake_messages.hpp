#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

// What handshake messages say, read from their bytes behind type and length. What cannot be read is
// left out: OpenSSL has its own verdict of it.

/// "ServerHello"; "handshake message 99" where TLS has no such.
std::string handshake_message_name(std::uint8_t type);
/// Whether a ServerHello asks for another ClientHello (RFC 8446 4.1.3).
bool is_retry_request(certs::ByteView server_hello);

/// "rsa_pss_rsae_sha256": as the IANA has it; "0x1234" where it has none.
std::string signature_scheme_name(std::uint16_t scheme);

/// The certificates of a Certificate message, the leaf first.
std::vector<certs::X509Handle> read_certificates(certs::ByteView certificate, bool tls13);
/// How many there are, whether or not each can be read.
std::size_t count_certificates(certs::ByteView certificate, bool tls13);

/// A server's CertificateRequest.
struct RequestedCertificate {
    std::vector<std::string> issuers;     ///< all that it names; empty: those of any
    std::vector<std::string> signatures;  ///< the schemes that it takes
    std::vector<std::string> key_types;   ///< "RSA", "ECDSA"; TLS 1.3 has none
};
RequestedCertificate read_certificate_request(certs::ByteView request, bool tls13);

/// By which scheme a CertificateVerify is made; TLS 1.1 and below, which have none: 0.
std::uint16_t read_signature_scheme(certs::ByteView certificate_verify, bool has_scheme);

}  // namespace countersign::proxy::tls
