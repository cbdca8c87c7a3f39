#include "certs/der.hpp"

namespace countersign::certs {

bool begins_with_certificate(ByteView bytes) {
    const unsigned char* data = bytes.data();
    const X509Handle certificate{d2i_X509(nullptr, &data, static_cast<long>(bytes.size()))};
    drain_openssl_errors();
    return certificate != nullptr;
}

LoadResult<std::vector<X509Handle>> read_der_certificates(
    ByteView bytes, const std::string& where
) {
    std::vector<X509Handle> certificates;
    const unsigned char* data = bytes.data();
    const unsigned char* const end = data + bytes.size();
    while (data != end) {
        X509Handle certificate{d2i_X509(nullptr, &data, end - data)};
        const std::string reason = drain_openssl_errors();
        if (!certificate && certificates.empty()) {
            return LoadError{
                LoadErrorCode::not_recognised, where, "a certificate is expected (" + reason + ")"};
        }
        if (!certificate) {
            return LoadError{
                LoadErrorCode::malformed, where,
                "after certificate " + std::to_string(certificates.size()) + ": " + reason};
        }
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

}  // namespace countersign::certs
