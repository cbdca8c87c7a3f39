#include "proxy/tls/certificate_request.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <utility>

#include "certs/certificate.hpp"

namespace countersign::proxy::tls {

std::shared_ptr<const CertificateRequest> CertificateRequest::of(
    const SSL& ssl, std::shared_ptr<const CertificateRequest> known
) {
    const STACK_OF(X509_NAME)* const names = SSL_get0_peer_CA_list(&ssl);
    CertificateRequest said;
    said.count = static_cast<std::size_t>(std::max(sk_X509_NAME_num(names), 0));
    std::vector<X509_NAME*> kept;
    for (int i = 0; i < std::min(sk_X509_NAME_num(names), kNamed); ++i) {
        X509_NAME* const name = sk_X509_NAME_value(names, i);
        const unsigned char* der = nullptr;
        std::size_t size = 0;
        if (X509_NAME_get0_der(name, &der, &size) != 1 || size > kLongestName) continue;
        said.der.append(reinterpret_cast<const char*>(der), size);
        kept.push_back(name);
    }
    if (known && known->count == said.count && known->der == said.der) return known;
    for (X509_NAME* const name : kept) said.issuers.push_back(certs::name_text(name));
    return std::make_shared<const CertificateRequest>(std::move(said));
}

}  // namespace countersign::proxy::tls
