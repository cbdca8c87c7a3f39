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
    const int kept = std::min(sk_X509_NAME_num(names), kNamed);
    for (int i = 0; i < kept; ++i) {
        const unsigned char* der = nullptr;
        std::size_t size = 0;
        if (X509_NAME_get0_der(sk_X509_NAME_value(names, i), &der, &size) != 1) continue;
        said.der.append(reinterpret_cast<const char*>(der), size);
    }
    if (known && known->count == said.count && known->der == said.der) return known;
    for (int i = 0; i < kept; ++i) {
        said.issuers.push_back(certs::name_text(sk_X509_NAME_value(names, i)));
    }
    return std::make_shared<const CertificateRequest>(std::move(said));
}

}  // namespace countersign::proxy::tls
