#include "proxy/tls/own_signature.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "certs/error.hpp"
#include "certs/make/key_pair.hpp"
#include "certs/openssl_handle.hpp"
#include "proxy/tls/handshake_messages.hpp"
#include "proxy/tls/library_context.hpp"

namespace countersign::proxy::tls {

namespace {

/// IANA's SignatureScheme (RFC 8446 4.2.3).
using Scheme = std::uint16_t;
using Schemes = std::vector<Scheme>;

int note_schemes(SSL* ssl, int*, void* into) {
    const unsigned char* list = nullptr;
    std::size_t size = 0;
    // A list of two bytes each behind its length.
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_signature_algorithms, &list, &size) == 1) {
        for (std::size_t at = 2; at + 1 < size; at += 2) {
            static_cast<Schemes*>(into)->push_back(
                static_cast<Scheme>(list[at] << 8U | list[at + 1])
            );
        }
    }
    return SSL_CLIENT_HELLO_ERROR;  // no more is wanted of it
}

/// As a server reads them.
Schemes schemes_of(std::string_view hello) {
    Schemes schemes;
    const certs::SslContextHandle server{
        SSL_CTX_new_ex(library_context(), nullptr, TLS_server_method())};
    SSL_CTX_set_client_hello_cb(server.get(), note_schemes, &schemes);
    const certs::SslHandle reader{SSL_new(server.get())};
    certs::BioHandle in{BIO_new_mem_buf(hello.data(), static_cast<int>(hello.size()))};
    certs::BioHandle out{BIO_new(BIO_s_mem())};
    if (!reader || !in || !out) return schemes;
    SSL_set_bio(reader.get(), in.release(), out.release());
    SSL_accept(reader.get());
    certs::drain_openssl_errors();
    return schemes;
}

/// What a key signs with. An ECDSA key signs in TLS 1.2 with any digest; in TLS 1.3 its curve says
/// with which. RSA signs in TLS 1.3 by PSS alone.
struct Signatures {
    Schemes of_tls_1_2;
    Schemes of_tls_1_3;
    std::string_view example;  ///< as `signature_algorithms` has it
};

Signatures signatures_of(const EVP_PKEY& key) {
    const auto is_a = [&key](const char* kind) { return EVP_PKEY_is_a(&key, kind) == 1; };
    if (is_a("RSA")) {
        const Schemes pss{0x0804, 0x0805, 0x0806};
        return {
            {0x0804, 0x0805, 0x0806, 0x0201, 0x0301, 0x0401, 0x0501, 0x0601},
            pss,
            "rsa_pss_rsae_sha256"};
    }
    if (is_a("RSA-PSS")) {
        const Schemes pss{0x0809, 0x080a, 0x080b};
        return {pss, pss, "rsa_pss_pss_sha256"};
    }
    if (is_a("ED25519")) return {{0x0807}, {0x0807}, "ed25519"};
    if (is_a("ED448")) return {{0x0808}, {0x0808}, "ed448"};
    if (!is_a("EC")) return {};
    const Schemes any{0x0203, 0x0303, 0x0403, 0x0503, 0x0603};
    switch (EVP_PKEY_get_bits(&key)) {
        case 384:
            return {any, {0x0503}, "ecdsa_secp384r1_sha384"};
        case 521:
            return {any, {0x0603}, "ecdsa_secp521r1_sha512"};
        default:
            return {any, {0x0403}, "ecdsa_secp256r1_sha256"};
    }
}

bool meet(const Schemes& some, const Schemes& others) {
    return std::ranges::any_of(some, [&](Scheme one) {
        return std::ranges::find(others, one) != others.end();
    });
}

/// RFC 8446 4.2.3: neither PKCS#1 v1.5, nor what has SHA-1 or SHA-224.
bool signs_handshakes_in_tls_1_3(Scheme scheme) {
    constexpr unsigned kPkcs1 = 1;
    constexpr unsigned kSha256 = 4;
    return (scheme & 0xffU) != kPkcs1 && scheme >> 8U >= kSha256;
}

}  // namespace

std::string_view signature_made_by(const EVP_PKEY& key) { return signatures_of(key).example; }

std::vector<std::string> signatures_taken(SSL& ssl) {
    std::vector<std::string> taken;
    const bool tls13 = SSL_version(&ssl) == TLS1_3_VERSION;
    const int count = SSL_get_sigalgs(&ssl, -1, nullptr, nullptr, nullptr, nullptr, nullptr);
    for (int i = 0; i < count; ++i) {
        unsigned char low = 0;
        unsigned char high = 0;
        SSL_get_sigalgs(&ssl, i, nullptr, nullptr, nullptr, &low, &high);
        const auto scheme = static_cast<Scheme>(high << 8U | low);
        if (!tls13 || signs_handshakes_in_tls_1_3(scheme)) {
            taken.push_back(signature_scheme_name(scheme));
        }
    }
    return taken;
}

std::string makes_no_signature(const SSL_CTX& context, std::string_view hello) {
    const EVP_PKEY* const key = SSL_CTX_get0_privatekey(&context);
    if (key == nullptr) return {};
    const Signatures own = signatures_of(*key);
    if (own.example.empty()) return {};
    auto* const asked = const_cast<SSL_CTX*>(&context);  // OpenSSL asks for less than it needs
    const long lowest = SSL_CTX_get_min_proto_version(asked);
    const bool has_1_3 = SSL_CTX_get_max_proto_version(asked) != TLS1_2_VERSION;
    // The versions before it have no such list.
    if (lowest < TLS1_2_VERSION) return {};
    const Schemes allowed = schemes_of(hello);
    const bool meet_in_1_2 = lowest == TLS1_2_VERSION && meet(own.of_tls_1_2, allowed);
    if (allowed.empty() || meet_in_1_2 || (has_1_3 && meet(own.of_tls_1_3, allowed))) return {};
    std::string wrong = "tls.signature_algorithms: the key of the key store (";
    wrong += certs::describe_key(key);
    wrong += ") makes none of these signatures";
    if (lowest == TLS1_3_VERSION) wrong += " in TLS 1.3";
    wrong += ", so that no server could get its certificate; add ";
    wrong += own.example;
    return wrong += ", or remove signature_algorithms";
}

}  // namespace countersign::proxy::tls
