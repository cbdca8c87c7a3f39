#include "proxy/tls/handshake_messages.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "certs/byte_reader.hpp"
#include "certs/certificate.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::ByteReader;
using certs::ByteView;

using NameHandle = certs::OpensslHandle<X509_NAME, X509_NAME_free>;

/// What OpenSSL says of what is read here is not of the handshake in whose middle that is.
class ErrorsApart {
public:
    ErrorsApart() { ERR_set_mark(); }
    ErrorsApart(const ErrorsApart&) = delete;
    ErrorsApart& operator=(const ErrorsApart&) = delete;
    ~ErrorsApart() { ERR_pop_to_mark(); }
};

struct NamedScheme {
    std::uint16_t number;
    const char* name;
};
constexpr NamedScheme kSchemes[] = {
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_pkcs1_sha224"},
    {0x0302, "dsa_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0402, "dsa_sha256"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0502, "dsa_sha384"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0602, "dsa_sha512"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
    {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
    {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
    {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
    {0x0904, "mldsa44"},
    {0x0905, "mldsa65"},
    {0x0906, "mldsa87"},
};

std::size_t read_u24(ByteReader& reader) {
    const std::size_t high = reader.u8();
    return high << 16 | reader.u16();
}

/// Calls `take` with the DER of each certificate of a Certificate message.
template <class Take>
void for_each_certificate(ByteView certificate, bool tls13, const Take& take) {
    ByteReader reader{certificate};
    if (tls13) reader.take(reader.u8());  // the context
    ByteReader list{reader.take(read_u24(reader))};
    while (list.ok() && list.remaining() >= 3) {
        const ByteView der = list.take(read_u24(list));
        if (tls13) list.take(list.u16());  // its extensions
        take(der);
    }
}

std::vector<std::string> read_schemes(ByteView bytes) {
    std::vector<std::string> names;
    ByteReader reader{bytes};
    ByteReader list{reader.take(reader.u16())};
    while (list.ok() && list.remaining() >= 2) names.push_back(signature_scheme_name(list.u16()));
    return names;
}

std::vector<std::string> read_issuers(ByteView bytes) {
    std::vector<std::string> issuers;
    ByteReader reader{bytes};
    ByteReader list{reader.take(reader.u16())};
    while (list.ok() && list.remaining() >= 2) {
        const ByteView der = list.take(list.u16());
        const unsigned char* at = der.data();
        const NameHandle name{d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size()))};
        if (name) issuers.push_back(certs::name_text(name.get()));
    }
    return issuers;
}

std::string key_type_name(std::uint8_t type) {
    switch (type) {
        case TLS_CT_RSA_SIGN:
            return "RSA";
        case TLS_CT_DSS_SIGN:
            return "DSA";
        case TLS_CT_ECDSA_SIGN:
            return "ECDSA";
        default:
            return "type " + std::to_string(type);
    }
}

constexpr std::uint16_t kSignatureAlgorithms = 13;
constexpr std::uint16_t kCertificateAuthorities = 47;

RequestedCertificate read_request_of_tls13(ByteReader& reader) {
    RequestedCertificate asked;
    reader.take(reader.u8());  // the context
    ByteReader extensions{reader.take(reader.u16())};
    while (extensions.ok() && extensions.remaining() >= 4) {
        const std::uint16_t type = extensions.u16();
        const ByteView content = extensions.take(extensions.u16());
        if (type == kSignatureAlgorithms) asked.signatures = read_schemes(content);
        if (type == kCertificateAuthorities) asked.issuers = read_issuers(content);
    }
    return asked;
}

}  // namespace

std::string handshake_message_name(std::uint8_t type) {
    switch (type) {
        case SSL3_MT_HELLO_REQUEST:
            return "HelloRequest";
        case SSL3_MT_CLIENT_HELLO:
            return "ClientHello";
        case SSL3_MT_SERVER_HELLO:
            return "ServerHello";
        case SSL3_MT_NEWSESSION_TICKET:
            return "NewSessionTicket";
        case SSL3_MT_ENCRYPTED_EXTENSIONS:
            return "EncryptedExtensions";
        case SSL3_MT_CERTIFICATE:
            return "Certificate";
        case SSL3_MT_SERVER_KEY_EXCHANGE:
            return "ServerKeyExchange";
        case SSL3_MT_CERTIFICATE_REQUEST:
            return "CertificateRequest";
        case SSL3_MT_SERVER_DONE:
            return "ServerHelloDone";
        case SSL3_MT_CERTIFICATE_VERIFY:
            return "CertificateVerify";
        case SSL3_MT_CLIENT_KEY_EXCHANGE:
            return "ClientKeyExchange";
        case SSL3_MT_FINISHED:
            return "Finished";
        case SSL3_MT_CERTIFICATE_STATUS:
            return "CertificateStatus";
        case SSL3_MT_KEY_UPDATE:
            return "KeyUpdate";
        default:
            return "handshake message " + std::to_string(type);
    }
}

bool is_retry_request(ByteView server_hello) {
    // SHA-256 of "HelloRetryRequest", where the random would stand.
    static constexpr std::array<unsigned char, 32> kRandom = {
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
        0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
        0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
    ByteReader reader{server_hello};
    reader.u16();
    return std::ranges::equal(reader.take(kRandom.size()), kRandom);
}

std::string signature_scheme_name(std::uint16_t scheme) {
    const auto* const known = std::ranges::find(kSchemes, scheme, &NamedScheme::number);
    if (known != std::end(kSchemes)) return known->name;
    char text[8];
    std::snprintf(text, sizeof text, "0x%04x", static_cast<unsigned>(scheme));
    return text;
}

std::vector<certs::X509Handle> read_certificates(ByteView certificate, bool tls13) {
    const ErrorsApart apart;
    std::vector<certs::X509Handle> read;
    for_each_certificate(certificate, tls13, [&read](ByteView der) {
        const unsigned char* at = der.data();
        certs::X509Handle one{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
        if (one) read.push_back(std::move(one));
    });
    return read;
}

std::size_t count_certificates(ByteView certificate, bool tls13) {
    std::size_t count = 0;
    for_each_certificate(certificate, tls13, [&count](ByteView) { ++count; });
    return count;
}

RequestedCertificate read_certificate_request(ByteView request, bool tls13) {
    const ErrorsApart apart;
    ByteReader reader{request};
    if (tls13) return read_request_of_tls13(reader);
    RequestedCertificate asked;
    for (const unsigned char type : reader.take(reader.u8())) {
        asked.key_types.push_back(key_type_name(type));
    }
    // TLS 1.1 and below have no schemes here.
    const ByteView rest = reader.rest();
    ByteReader with_schemes{rest};
    const ByteView schemes = with_schemes.take(with_schemes.u16());
    const ByteView behind = with_schemes.rest();
    with_schemes.take(with_schemes.u16());
    if (with_schemes.ok() && with_schemes.remaining() == 0) {
        asked.signatures = read_schemes(rest.first(schemes.size() + 2));
        asked.issuers = read_issuers(behind);
    } else {
        asked.issuers = read_issuers(rest);
    }
    return asked;
}

std::uint16_t read_signature_scheme(ByteView certificate_verify, bool has_scheme) {
    if (!has_scheme || certificate_verify.size() < 2) return 0;
    return ByteReader{certificate_verify}.u16();
}

}  // namespace countersign::proxy::tls
