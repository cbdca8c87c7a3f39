#include "certs/key_store.hpp"

#include <openssl/x509.h>

#include <utility>

#include "certs/der.hpp"
#include "certs/java/java_key_store.hpp"
#include "certs/pem.hpp"
#include "certs/pkcs12.hpp"
#include "certs/pkcs7.hpp"
#include "certs/stranger.hpp"

namespace countersign::certs {
namespace {

KeyStoreEntries to_entries(PemContent content) {
    KeyStoreEntries entries;
    entries.found = KeyStoreFormat::pem;
    entries.loose = std::move(content.certificates);
    entries.carried.pem = std::move(content.pieces);
    for (SealedKey& key : content.keys) entries.keys.push_back({{}, std::move(key), {}});
    return entries;
}

// A key by itself, or certificates without a key. Nullopt: neither.
std::optional<LoadResult<KeyStoreEntries>> read_der(ByteView bytes, const std::string& where) {
    KeyStoreEntries entries;
    entries.container = "DER";
    if (is_pkcs7(bytes) || begins_with_certificate(bytes)) {
        if (is_pkcs7(bytes)) entries.container = "PKCS#7";
        auto certificates =
            is_pkcs7(bytes) ? read_pkcs7(bytes, where) : read_der_certificates(bytes, where);
        if (!certificates) return certificates.error();
        if (std::string more = what_else_in_pkcs7(bytes); !more.empty()) {
            entries.left_out.push_back(std::move(more));
        }
        entries.loose = std::move(*certificates);
        return entries;
    }
    std::optional<SealedKey> key = recognise_der_key(bytes);
    if (!key) return std::nullopt;
    entries.keys.push_back({{}, std::move(*key), {}});
    return entries;
}

bool is_der_request(ByteView bytes) {
    const unsigned char* data = bytes.data();
    X509_REQ* const request = d2i_X509_REQ(nullptr, &data, static_cast<long>(bytes.size()));
    X509_REQ_free(request);
    drain_openssl_errors();
    return request != nullptr;
}

bool is_der_list(ByteView bytes) {
    const unsigned char* data = bytes.data();
    const CrlHandle list{d2i_X509_CRL(nullptr, &data, static_cast<long>(bytes.size()))};
    drain_openssl_errors();
    return list != nullptr;
}

LoadError only_a_list(const std::string& where) {
    LoadError error{LoadErrorCode::not_recognised, where, ""};
    error.cause = where + " is a certificate revocation list (CRL), and holds no certificate";
    error.remedy = "Name it in a profile: tls: { crl: [FILE] }.";
    return error;
}

}  // namespace

std::optional<KeyStoreFormat> recognise(std::string_view bytes) {
    if (is_java_key_store(as_bytes(bytes))) return KeyStoreFormat::java_key_store;
    if (is_pkcs12(as_bytes(bytes))) return KeyStoreFormat::pkcs12;
    if (is_pem(as_bytes(bytes))) return KeyStoreFormat::pem;
    return std::nullopt;
}

LoadResult<KeyStoreEntries> read_entries(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
) {
    const std::optional<KeyStoreFormat> format = recognise(as_text(bytes));
    if (format != KeyStoreFormat::java_key_store && format != KeyStoreFormat::pkcs12) {
        if (auto entries = read_der(bytes, where)) return std::move(*entries);
    }
    if (!format) {
        if (is_der_request(bytes)) return LoadError{LoadErrorCode::only_request, where, ""};
        if (is_der_list(bytes)) return only_a_list(where);
        return name_stranger(
            bytes, where, "JKS, JCEKS, PKCS#12, PEM, or certificates in DER or PKCS#7 are expected"
        );
    }
    switch (*format) {
        case KeyStoreFormat::java_key_store:
            return read_java_key_store(bytes, password, where);
        case KeyStoreFormat::pkcs12:
            return read_pkcs12(bytes, password, where);
        case KeyStoreFormat::pem:
            break;
    }
    LoadResult<PemContent> content = read_pem(bytes, where);
    if (!content) return content.error();
    return to_entries(std::move(*content));
}

}  // namespace countersign::certs
