#include "certs/edit/certificate_path.hpp"

#include <algorithm>
#include <cstddef>

#include "certs/certificate.hpp"

namespace countersign::certs {
namespace {

// Real chains have three or four.
constexpr std::size_t kMaxLength = 10;

// Of two certificates of one authority: the one that is signed by another leads further up, if that
// other is there too; then the one that lasts longest.
bool is_better(X509* a, X509* b, const std::vector<X509*>& others, SignatureChecks& checks) {
    const auto leads_on = [&](X509* authority) {
        return !checks.is_root(authority) && std::ranges::any_of(others, [&](X509* other) {
            return checks.is_issued_by(authority, other);
        });
    };
    const bool a_leads = leads_on(a);
    if (a_leads != leads_on(b)) return a_leads;
    if (checks.is_root(a) != checks.is_root(b)) return checks.is_root(a);
    return not_after_of(a) > not_after_of(b);
}

}  // namespace

bool is_root(X509* certificate) { return SignatureChecks{}.is_root(certificate); }

CertificatePath find_path(X509* leaf, const std::vector<X509*>& others, SignatureChecks& checks) {
    CertificatePath path;
    path.certificates.push_back(share(leaf));
    while (path.certificates.size() < kMaxLength && !checks.is_root(path.certificates.back().get())
    ) {
        X509* const below = path.certificates.back().get();
        X509* issuer = nullptr;
        for (X509* const other : others) {
            if (holds(path.certificates, other) || !checks.is_issued_by(below, other)) continue;
            if (issuer == nullptr || is_better(other, issuer, others, checks)) issuer = other;
        }
        if (issuer == nullptr) break;
        path.certificates.push_back(share(issuer));
    }
    X509* const last = path.certificates.back().get();
    if (!checks.is_root(last)) path.missing_issuer = issuer_of(last);
    return path;
}

}  // namespace countersign::certs
