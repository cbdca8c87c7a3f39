#include "proxy/tls/ocsp_request.hpp"

#include <openssl/ocsp.h>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

std::string ocsp_request(const X509* certificate, const X509* issuer) {
    const certs::OpensslHandle<OCSP_REQUEST, OCSP_REQUEST_free> request{OCSP_REQUEST_new()};
    certs::OpensslHandle<OCSP_CERTID, OCSP_CERTID_free> id{
        OCSP_cert_to_id(EVP_sha1(), certificate, issuer)};
    std::string text;
    if (request && id && OCSP_request_add0_id(request.get(), id.get()) != nullptr) {
        static_cast<void>(id.release());  // the request's now
        unsigned char* der = nullptr;
        const int size = i2d_OCSP_REQUEST(request.get(), &der);
        if (size > 0)
            text.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
    }
    certs::drain_openssl_errors();
    return text;
}

}  // namespace countersign::proxy::tls
