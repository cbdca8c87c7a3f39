#include "tests/support/ca.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "certs/error.hpp"

namespace countersign::tests {
namespace {

using certs::BioHandle;
using certs::OpensslHandle;
using certs::PrivateKeyHandle;
using certs::X509Handle;
using ExtensionHandle = OpensslHandle<X509_EXTENSION, X509_EXTENSION_free>;
using StackHandle =
    OpensslHandle<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }>;
using Pkcs12Handle = OpensslHandle<PKCS12, PKCS12_free>;
using LibraryContextHandle = OpensslHandle<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using ProviderHandle = OpensslHandle<OSSL_PROVIDER, OSSL_PROVIDER_unload>;

/// Longer than anybody warns of.
constexpr std::chrono::hours kAuthorityLasts{24 * 400};

template <class T>
T must(T result, const char* what) {
    if (!result) throw std::runtime_error{std::string{what} + ": " + certs::drain_openssl_errors()};
    return result;
}

template <class Write>
std::string written(Write&& write) {
    const BioHandle bio{must(BIO_new(BIO_s_mem()), "BIO_new")};
    must(write(bio.get()) == 1, "write");
    const char* data = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

void add_extension(X509* certificate, X509V3_CTX& context, int nid, const std::string& value) {
    const ExtensionHandle extension{
        must(X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str()), value.c_str())};
    must(X509_add_ext(certificate, extension.get(), -1), value.c_str());
}

std::string subject_alt_names(const CertificateSpec& spec) {
    std::string names;
    const auto add = [&](const char* type, const std::vector<std::string>& values) {
        for (const std::string& value : values) {
            names.append(names.empty() ? "" : ",").append(type).append(value);
        }
    };
    add("DNS:", spec.dns_names);
    add("IP:", spec.ip_addresses);
    add("URI:", spec.uris);
    return names;
}

void add_extensions(X509* certificate, X509* issuer, const CertificateSpec& spec) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const auto add = [&](int nid, const std::string& value) {
        if (value != kNoExtension) add_extension(certificate, context, nid, value);
    };
    add(NID_basic_constraints, !spec.basic_constraints.empty() ? spec.basic_constraints
                               : spec.ca                       ? "critical,CA:TRUE"
                                                               : "critical,CA:FALSE");
    add(NID_key_usage, !spec.key_usage.empty() ? spec.key_usage
                       : spec.ca               ? "critical,keyCertSign,cRLSign"
                                               : "critical,digitalSignature");
    if (!spec.extended_key_usage.empty()) {
        add(NID_ext_key_usage, spec.extended_key_usage);
    } else if (spec.client_auth || spec.server_auth) {
        add(NID_ext_key_usage, spec.client_auth && spec.server_auth ? "clientAuth,serverAuth"
                               : spec.client_auth                   ? "clientAuth"
                                                                    : "serverAuth");
    }
    if (spec.ocsp_signing) add(NID_ext_key_usage, "OCSPSigning");
    if (!spec.name_constraints.empty()) {
        add(NID_name_constraints, "critical," + spec.name_constraints);
    }
    if (!spec.crl_point.empty()) add(NID_crl_distribution_points, "URI:" + spec.crl_point);
    if (spec.must_staple) add(NID_tlsfeature, "status_request");
    if (spec.key_identifiers) {
        add(NID_subject_key_identifier, "hash");
        if (issuer != certificate) add(NID_authority_key_identifier, "keyid:always");
    }
    if (const std::string names = subject_alt_names(spec); !names.empty()) {
        add(NID_subject_alt_name, names);
    }
    for (const auto& [name, value] : spec.extensions) {
        const ExtensionHandle extension{
            must(X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str()), name.c_str())};
        must(X509_add_ext(certificate, extension.get(), -1), name.c_str());
    }
}

void set_random_serial(X509* certificate) {
    unsigned char bytes[16];
    must(RAND_bytes(bytes, sizeof bytes) == 1, "RAND_bytes");
    bytes[0] &= 0x7f;
    const OpensslHandle<BIGNUM, BN_free> number{
        must(BN_bin2bn(bytes, sizeof bytes, nullptr), "BN")};
    must(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)), "serial");
}

/// `issuer` null: it signs itself.
X509Handle make_certificate(
    const CertificateSpec& spec, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key
) {
    X509Handle certificate{must(X509_new(), "X509_new")};
    X509* const raw = certificate.get();
    must(X509_set_version(raw, spec.version_1 ? X509_VERSION_1 : X509_VERSION_3), "version");
    set_random_serial(raw);
    must(X509_gmtime_adj(X509_getm_notBefore(raw), spec.not_before.count()), "notBefore");
    must(X509_gmtime_adj(X509_getm_notAfter(raw), spec.not_after.count()), "notAfter");
    must(
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(raw), "CN", MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(spec.common_name.data()),
            static_cast<int>(spec.common_name.size()), -1, 0
        ),
        "subject"
    );
    must(
        X509_set_issuer_name(raw, X509_get_subject_name(issuer != nullptr ? issuer : raw)), "issuer"
    );
    must(X509_set_pubkey(raw, key), "public key");
    if (!spec.version_1) add_extensions(raw, issuer != nullptr ? issuer : raw, spec);
    EVP_PKEY* const signer = issuer != nullptr ? issuer_key : key;
    const bool names_digest = !EVP_PKEY_is_a(signer, "ED25519") && !EVP_PKEY_is_a(signer, "ED448");
    must(
        X509_sign(
            raw, signer,
            !names_digest ? nullptr
            : spec.md5    ? EVP_md5()
            : spec.sha1   ? EVP_sha1()
                          : EVP_sha256()
        ),
        "sign"
    );
    return certificate;
}

// EVP_PKEY_Q_keygen knows it only since OpenSSL 3.2.
EVP_PKEY* generate_rsa_pss() {
    const OpensslHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context{
        EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr)};
    EVP_PKEY* key = nullptr;
    must(EVP_PKEY_keygen_init(context.get()) == 1, "RSA-PSS");
    must(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1, "RSA-PSS");
    must(EVP_PKEY_generate(context.get(), &key) == 1, "RSA-PSS");
    return key;
}

PrivateKeyHandle share(EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    return PrivateKeyHandle{key};
}

}  // namespace

PrivateKeyHandle make_key(KeyKind kind) {
    const auto generate = [kind]() -> EVP_PKEY* {
        switch (kind) {
            case KeyKind::ec_p256:
                return EVP_EC_gen("P-256");
            case KeyKind::ec_p384:
                return EVP_EC_gen("P-384");
            case KeyKind::ec_p521:
                return EVP_EC_gen("P-521");
            case KeyKind::rsa_2048:
                return EVP_RSA_gen(2048);
            case KeyKind::rsa_pss_2048:
                return generate_rsa_pss();
            case KeyKind::rsa_1024:
                return EVP_RSA_gen(1024);
            case KeyKind::ed25519:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
            case KeyKind::ed448:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448");
        }
        return nullptr;
    };
    return PrivateKeyHandle{must(generate(), "make_key")};
}

std::string Issued::certificate_pem() const {
    return written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
}

std::string Issued::certificate_der() const {
    return written([&](BIO* bio) { return i2d_X509_bio(bio, certificate.get()); });
}

std::string Issued::chain_pem() const {
    std::string pem = certificate_pem();
    for (const X509Handle& above : chain) {
        if (X509_self_signed(above.get(), 0) == 1) continue;
        pem += written([&](BIO* bio) { return PEM_write_bio_X509(bio, above.get()); });
    }
    return pem;
}

std::string Issued::key_pem(std::string_view password) const {
    return written([&](BIO* bio) {
        return PEM_write_bio_PKCS8PrivateKey(
            bio, key.get(), password.empty() ? nullptr : EVP_aes_256_cbc(),
            password.empty() ? nullptr : password.data(), static_cast<int>(password.size()),
            nullptr, nullptr
        );
    });
}

std::string Issued::pkcs12(
    std::string_view password, std::string_view friendly_name, Pkcs12Protection protection
) const {
    // The legacy algorithms live in a library context of their own, so that no other test sees
    // them.
    const bool legacy = protection == Pkcs12Protection::legacy;
    const LibraryContextHandle context{must(OSSL_LIB_CTX_new(), "context")};
    const ProviderHandle standard{must(OSSL_PROVIDER_load(context.get(), "default"), "default")};
    const ProviderHandle old{
        legacy ? must(OSSL_PROVIDER_load(context.get(), "legacy"), "legacy") : nullptr};

    const StackHandle others{must(sk_X509_new_null(), "stack")};
    for (const X509Handle& above : chain) sk_X509_push(others.get(), above.get());
    const Pkcs12Handle store{must(
        PKCS12_create_ex(
            std::string{password}.c_str(),
            friendly_name.empty() ? nullptr : std::string{friendly_name}.c_str(), key.get(),
            certificate.get(), others.get(), legacy ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : 0,
            legacy ? NID_pbe_WithSHA1And40BitRC2_CBC : 0, 0, 0, 0, context.get(), nullptr
        ),
        "PKCS12_create"
    )};
    return written([&](BIO* bio) { return i2d_PKCS12_bio(bio, store.get()); });
}

Ca Ca::root(std::string_view name, KeyKind key_kind) {
    return Ca{self_signed(
        {.common_name = std::string{name},
         .not_after = kAuthorityLasts,
         .ca = true,
         .key_kind = key_kind}
    )};
}

Ca Ca::intermediate(std::string_view name, std::string_view name_constraints) const {
    return Ca{issue(
        {.common_name = std::string{name},
         .not_after = kAuthorityLasts,
         .ca = true,
         .name_constraints = std::string{name_constraints}}
    )};
}

Issued Ca::issue(const CertificateSpec& spec) const {
    const PrivateKeyHandle key = make_key(spec.key_kind);
    return issue(spec, key.get());
}

Issued Ca::issue(const CertificateSpec& spec, EVP_PKEY* key) const {
    Issued issued;
    issued.certificate = make_certificate(spec, key, self_.certificate.get(), self_.key.get());
    issued.key = share(key);
    issued.chain.push_back(certs::share(self_.certificate.get()));
    for (const X509Handle& above : self_.chain) issued.chain.push_back(certs::share(above.get()));
    return issued;
}

Issued Ca::issue_for(const std::string& request_pem, const std::string& common_name) const {
    const BioHandle bio{BIO_new_mem_buf(request_pem.data(), static_cast<int>(request_pem.size()))};
    const OpensslHandle<X509_REQ, X509_REQ_free> parsed{
        PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr)};
    if (!parsed || X509_REQ_verify(parsed.get(), X509_REQ_get0_pubkey(parsed.get())) != 1) {
        throw std::runtime_error{"not a request that its key has signed: " + request_pem};
    }
    return issue(
        {.common_name = common_name,
         .not_after = std::chrono::hours{24 * 200},
         .client_auth = true},
        X509_REQ_get0_pubkey(parsed.get())
    );
}

X509Handle Ca::cross_sign(const Ca& other) const {
    CertificateSpec spec;
    spec.ca = true;
    return cross_sign(other, std::move(spec));
}

X509Handle Ca::cross_sign(const Ca& other, CertificateSpec spec) const {
    char name[256];
    X509_NAME_get_text_by_NID(
        X509_get_subject_name(other.self_.certificate.get()), NID_commonName, name, sizeof name
    );
    spec.common_name = name;
    return issue(spec, other.self_.key.get()).certificate;
}

Issued Ca::self_signed(const CertificateSpec& spec) {
    const PrivateKeyHandle key = make_key(spec.key_kind);
    return self_signed(spec, key.get());
}

Issued Ca::self_signed(const CertificateSpec& spec, EVP_PKEY* key) {
    Issued issued;
    issued.key = share(key);
    issued.certificate = make_certificate(spec, key, nullptr, nullptr);
    return issued;
}

}  // namespace countersign::tests
