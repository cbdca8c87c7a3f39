#include "tests/support/revocation_list.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "certs/error.hpp"

namespace countersign::tests {
namespace {

using certs::CrlHandle;
using certs::OpensslHandle;
using TimeHandle = OpensslHandle<ASN1_TIME, ASN1_TIME_free>;
using ListExtension = OpensslHandle<X509_EXTENSION, X509_EXTENSION_free>;

void demand(bool done, const char* what) {
    if (!done) throw std::runtime_error{std::string{what} + ": " + certs::drain_openssl_errors()};
}

TimeHandle from_now(std::chrono::seconds time) {
    return TimeHandle{X509_gmtime_adj(nullptr, time.count())};
}

void add_revoked(X509_CRL* list, const X509* certificate, int reason) {
    OpensslHandle<X509_REVOKED, X509_REVOKED_free> entry{X509_REVOKED_new()};
    X509_REVOKED_set_serialNumber(
        entry.get(), const_cast<ASN1_INTEGER*>(X509_get0_serialNumber(certificate))
    );
    X509_REVOKED_set_revocationDate(entry.get(), from_now(std::chrono::hours{-2}).get());
    if (reason != CRL_REASON_NONE) {
        const OpensslHandle<ASN1_ENUMERATED, ASN1_ENUMERATED_free> number{ASN1_ENUMERATED_new()};
        ASN1_ENUMERATED_set(number.get(), reason);
        demand(
            X509_REVOKED_add1_ext_i2d(entry.get(), NID_crl_reason, number.get(), 0, 0) == 1,
            "reason"
        );
    }
    demand(X509_CRL_add0_revoked(list, entry.release()) == 1, "revoked");
}

void add_list_extensions(X509_CRL* list, const CrlSpec& spec) {
    if (!spec.scope.empty()) {
        X509V3_CTX context{};
        X509V3_set_ctx(&context, nullptr, nullptr, nullptr, list, 0);
        const std::string value = "critical," + spec.scope;
        const ListExtension extension{
            X509V3_EXT_nconf_nid(nullptr, &context, NID_issuing_distribution_point, value.c_str())};
        demand(extension != nullptr, "scope");
        X509_CRL_add_ext(list, extension.get(), -1);
    }
    if (spec.delta) {
        const OpensslHandle<ASN1_INTEGER, ASN1_INTEGER_free> base{ASN1_INTEGER_new()};
        ASN1_INTEGER_set(base.get(), 1);
        demand(X509_CRL_add1_ext_i2d(list, NID_delta_crl, base.get(), 1, 0) == 1, "delta");
    }
    if (spec.unknown_critical) {
        const OpensslHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> value{
            ASN1_OCTET_STRING_new()};
        const certs::ObjectHandle nobodys{OBJ_txt2obj("1.2.3.4.5", 1)};
        const ListExtension extension{
            X509_EXTENSION_create_by_OBJ(nullptr, nobodys.get(), 1, value.get())};
        X509_CRL_add_ext(list, extension.get(), -1);
    }
}

}  // namespace

CrlHandle make_crl(const Ca& authority, const CrlSpec& spec) {
    CrlHandle list{X509_CRL_new()};
    X509_CRL* const raw = list.get();
    X509_CRL_set_version(raw, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(raw, X509_get_subject_name(authority.certificate()));
    X509_CRL_set1_lastUpdate(raw, from_now(spec.this_update).get());
    if (spec.says_an_end) X509_CRL_set1_nextUpdate(raw, from_now(spec.next_update).get());
    for (const X509* const one : spec.revoked) add_revoked(raw, one, spec.reason);
    add_list_extensions(raw, spec);
    X509_CRL_sort(raw);
    demand(X509_CRL_sign(raw, authority.key(), EVP_sha256()) > 0, "X509_CRL_sign");
    return list;
}

namespace {

template <class Write>
std::string text_of(const Write& write) {
    const certs::BioHandle bio{BIO_new(BIO_s_mem())};
    demand(write(bio.get()) == 1, "write");
    const char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string crl_pem(const Ca& authority, const CrlSpec& spec) {
    const CrlHandle list = make_crl(authority, spec);
    return text_of([&](BIO* bio) { return PEM_write_bio_X509_CRL(bio, list.get()); });
}

std::string crl_der(const Ca& authority, const CrlSpec& spec) {
    const CrlHandle list = make_crl(authority, spec);
    return text_of([&](BIO* bio) { return i2d_X509_CRL_bio(bio, list.get()); });
}

}  // namespace countersign::tests
