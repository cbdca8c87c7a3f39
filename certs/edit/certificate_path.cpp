#include "certs/edit/certificate_path.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>

#include "certs/certificate.hpp"
#include "certs/error.hpp"

namespace countersign::certs {
namespace {

// Real chains have three or four.
constexpr std::size_t kMaxLength = 10;

bool holds(const std::vector<X509Handle>& certificates, X509* certificate) {
    return std::ranges::any_of(certificates, [certificate](const X509Handle& other) {
        return X509_cmp(other.get(), certificate) == 0;
    });
}

// Of two certificates of one authority: the one that is signed by another leads further up, if that
// other is there too; then the one that lasts longest.
bool is_better(X509* a, X509* b, const std::vector<X509*>& others) {
    const auto leads_on = [&others](X509* authority) {
        return !is_root(authority) && std::ranges::any_of(others, [authority](X509* other) {
            return is_issued_by(authority, other);
        });
    };
    const bool a_leads = leads_on(a);
    if (a_leads != leads_on(b)) return a_leads;
    if (is_root(a) != is_root(b)) return is_root(a);
    return not_after_of(a) > not_after_of(b);
}

}  // namespace

bool is_issued_by(X509* certificate, X509* issuer) {
    if (X509_check_issued(issuer, certificate) != X509_V_OK) return false;
    EVP_PKEY* const key = X509_get0_pubkey(issuer);
    const bool verified = key != nullptr && X509_verify(certificate, key) == 1;
    drain_openssl_errors();
    return verified;
}

bool is_root(X509* certificate) {
    const bool self_signed = X509_self_signed(certificate, 1) == 1;
    drain_openssl_errors();
    return self_signed;
}

CertificatePath find_path(X509* leaf, const std::vector<X509*>& others) {
    CertificatePath path;
    path.certificates.push_back(share(leaf));
    while (path.certificates.size() < kMaxLength && !is_root(path.certificates.back().get())) {
        X509* const below = path.certificates.back().get();
        X509* issuer = nullptr;
        for (X509* const other : others) {
            if (holds(path.certificates, other) || !is_issued_by(below, other)) continue;
            if (issuer == nullptr || is_better(other, issuer, others)) issuer = other;
        }
        if (issuer == nullptr) break;
        path.certificates.push_back(share(issuer));
    }
    X509* const last = path.certificates.back().get();
    if (!is_root(last)) path.missing_issuer = issuer_of(last);
    return path;
}

}  // namespace countersign::certs
