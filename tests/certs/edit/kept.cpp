#include "tests/certs/edit/kept.hpp"

#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "certs/certificate.hpp"
#include "certs/write/pem_block.hpp"
#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

constexpr std::chrono::milliseconds kNow{1'790'000'000'123};

void append(std::string& text, const std::string& part) {
    text += (text.empty() ? "" : "; ") + part;
}

template <class Write>
std::string text_of(Write write) {
    const certs::BioHandle bio{BIO_new(BIO_s_mem())};
    write(bio.get());
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

}  // namespace

certs::StoreDraft draft_of(std::string_view bytes, std::optional<std::string_view> password) {
    return certs::StoreDraft::read(
               certs::as_bytes(bytes), password ? secret(*password) : std::nullopt, "store"
    )
        .value();
}

std::string written(certs::StoreDraft& draft) {
    const auto bytes = draft.write(kNow).value();
    return std::string{certs::as_text(bytes)};
}

std::string lost(const certs::StoreDraft& before, const certs::StoreDraft& after) {
    std::string text;
    for (const auto& item : before.held().missing_from(after.held())) append(text, item.what);
    return text;
}

std::string told(const certs::StoreDraft& draft) {
    std::string text;
    for (const certs::KeyEntry& entry : draft.entries().keys) {
        std::string chain;
        for (const auto& each : entry.certificates) {
            chain += (chain.empty() ? "" : ", ") + certs::subject_of(each.get());
        }
        append(text, entry.alias + ": " + chain);
    }
    for (const certs::TrustedEntry& entry : draft.entries().trusted) {
        append(text, "trusted " + entry.alias + ": " + certs::subject_of(entry.certificate.get()));
    }
    for (const auto& each : draft.entries().loose) {
        append(text, "loose " + certs::subject_of(each.get()));
    }
    return text;
}

std::string trusted_pem(const X509* certificate) {
    // Its settings belong to this copy alone.
    const certs::X509Handle copy{X509_dup(const_cast<X509*>(certificate))};
    X509_add1_trust_object(copy.get(), OBJ_nid2obj(NID_client_auth));
    X509_alias_set1(copy.get(), reinterpret_cast<const unsigned char*>("ours"), 4);
    return text_of([&](BIO* bio) { PEM_write_bio_X509_AUX(bio, copy.get()); });
}

std::string bundle_pem(const std::vector<const X509*>& certificates, bool crl) {
    const certs::OpensslHandle<PKCS7, PKCS7_free> bundle{PKCS7_new()};
    PKCS7_set_type(bundle.get(), NID_pkcs7_signed);
    PKCS7_content_new(bundle.get(), NID_pkcs7_data);
    for (const X509* each : certificates) {
        PKCS7_add_certificate(bundle.get(), const_cast<X509*>(each));
    }
    if (crl) {
        const certs::PrivateKeyHandle key = make_key();
        const certs::OpensslHandle<X509_CRL, X509_CRL_free> list{X509_CRL_new()};
        const certs::OpensslHandle<ASN1_TIME, ASN1_TIME_free> now{X509_gmtime_adj(nullptr, 0)};
        X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificates.front()));
        X509_CRL_set1_lastUpdate(list.get(), now.get());
        X509_CRL_sign(list.get(), key.get(), EVP_sha256());
        PKCS7_add_crl(bundle.get(), list.get());
    }
    return text_of([&](BIO* bio) { PEM_write_bio_PKCS7(bio, bundle.get()); });
}

std::string traditional_pem(const EVP_PKEY* key) {
    return text_of([&](BIO* bio) {
        PEM_write_bio_PrivateKey_traditional(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) c == '\n' ? out += "\r\n" : out += c;
    return out;
}

std::string block(const std::string& label, std::string_view bytes) {
    const auto pem = certs::pem_block(label.c_str(), certs::as_bytes(bytes)).value();
    return std::string{certs::as_text(pem)};
}

}  // namespace countersign::tests
