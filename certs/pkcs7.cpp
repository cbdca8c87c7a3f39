#include "certs/pkcs7.hpp"

#include <openssl/pkcs7.h>

#include <algorithm>

#include "certs/byte_reader.hpp"

namespace countersign::certs {
namespace {

// OBJECT IDENTIFIER 1.2.840.113549.1.7.2, signedData.
constexpr unsigned char kSignedData[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                         0xf7, 0x0d, 0x01, 0x07, 0x02};

}  // namespace

bool is_pkcs7(ByteView bytes) {
    ByteReader reader{bytes};
    reader.begin_sequence();
    return std::ranges::equal(reader.take(sizeof kSignedData), kSignedData);
}

LoadResult<std::vector<X509Handle>> read_pkcs7(ByteView bytes, const std::string& where) {
    const unsigned char* data = bytes.data();
    const Pkcs7Handle bundle{d2i_PKCS7(nullptr, &data, static_cast<long>(bytes.size()))};
    if (!bundle || !PKCS7_type_is_signed(bundle.get()) || bundle->d.sign == nullptr) {
        return LoadError{
            LoadErrorCode::malformed, where, "the PKCS#7 bundle: " + drain_openssl_errors()};
    }
    const STACK_OF(X509)* const found = bundle->d.sign->cert;
    std::vector<X509Handle> certificates;
    for (int i = 0; i < sk_X509_num(found); ++i) {
        certificates.push_back(share(sk_X509_value(found, i)));
    }
    if (certificates.empty()) {
        return LoadError{LoadErrorCode::no_certificate, where, "it is a PKCS#7 bundle without any"};
    }
    return certificates;
}

std::string what_else_in_pkcs7(ByteView bytes) {
    const unsigned char* data = bytes.data();
    const Pkcs7Handle bundle{d2i_PKCS7(nullptr, &data, static_cast<long>(bytes.size()))};
    drain_openssl_errors();
    if (!bundle || !PKCS7_type_is_signed(bundle.get()) || bundle->d.sign == nullptr) return {};
    std::string text;
    if (const int crls = sk_X509_CRL_num(bundle->d.sign->crl); crls > 0) {
        text = crls == 1 ? "a CRL" : std::to_string(crls) + " CRLs";
    }
    if (sk_PKCS7_SIGNER_INFO_num(bundle->d.sign->signer_info) > 0) {
        text += text.empty() ? "a signature" : " and a signature";
    }
    return text;
}

}  // namespace countersign::certs
