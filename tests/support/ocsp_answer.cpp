#include "tests/support/ocsp_answer.hpp"

#include <stdexcept>

#include "certs/error.hpp"

namespace countersign::tests {
namespace {

using certs::OpensslHandle;
using MomentHandle = OpensslHandle<ASN1_TIME, ASN1_TIME_free>;
using AnswerHandle = OpensslHandle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using ContentHandle = OpensslHandle<OCSP_BASICRESP, OCSP_BASICRESP_free>;

void must_do(bool done, const char* what) {
    if (!done) throw std::runtime_error{std::string{what} + ": " + certs::drain_openssl_errors()};
}

MomentHandle moment(std::chrono::seconds time) {
    return MomentHandle{ASN1_TIME_adj(nullptr, ::time(nullptr), 0, time.count())};
}

std::string der_of_answer(OCSP_RESPONSE* answer) {
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_RESPONSE(answer, &der);
    must_do(size > 0, "i2d_OCSP_RESPONSE");
    std::string text{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return text;
}

}  // namespace

std::string ocsp_answer(const Ca& authority, const X509* certificate, const OcspSpec& spec) {
    const ContentHandle content{OCSP_BASICRESP_new()};
    const EVP_MD* const digest = spec.sha256 ? EVP_sha256() : EVP_sha1();
    const OpensslHandle<OCSP_CERTID, OCSP_CERTID_free> id{
        OCSP_cert_to_id(digest, certificate, authority.certificate())};
    const bool revoked = spec.status == V_OCSP_CERTSTATUS_REVOKED;
    const MomentHandle since = moment(std::chrono::hours{-2});
    const MomentHandle from = moment(spec.this_update);
    const MomentHandle end = moment(spec.next_update);
    must_do(
        OCSP_basic_add1_status(
            content.get(), id.get(), spec.status, spec.reason, revoked ? since.get() : nullptr,
            from.get(), spec.says_an_end ? end.get() : nullptr
        ) != nullptr,
        "OCSP_basic_add1_status"
    );
    auto* const signer = spec.responder != nullptr ? spec.responder->certificate.get()
                                                   : const_cast<X509*>(authority.certificate());
    EVP_PKEY* const key = spec.responder != nullptr ? spec.responder->key.get() : authority.key();
    must_do(
        OCSP_basic_sign(content.get(), signer, key, EVP_sha256(), nullptr, 0) == 1,
        "OCSP_basic_sign"
    );
    const AnswerHandle answer{OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, content.get())};
    return der_of_answer(answer.get());
}

std::string ocsp_refusal(int status) {
    const AnswerHandle answer{OCSP_response_create(status, nullptr)};
    return der_of_answer(answer.get());
}

}  // namespace countersign::tests
