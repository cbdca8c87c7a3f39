#include "certs/chain.hpp"

#include <openssl/x509_vfy.h>

#include <cstddef>

#include "certs/certificate.hpp"
#include "certs/error.hpp"

namespace countersign::certs {
namespace {

using StoreContextHandle = OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;
using CertificatesHandle = OpensslHandle<STACK_OF(X509), [](STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}>;

// Real chains have three or four; what a hostile file makes of cross-signatures ends here.
constexpr std::size_t kMaxChainLength = 10;

// A cross-signed authority comes twice, once signed by itself: the other leads further up, for
// servers that know only the older root. Of equals the one that lasts longest.
bool leads_further(const X509* a, const X509* b) {
    const bool a_is_root = is_self_issued(a);
    const bool b_is_root = is_self_issued(b);
    if (a_is_root != b_is_root) return b_is_root;
    return not_after_of(a) > not_after_of(b);
}

// A circle of cross-signatures ends where it would begin again.
bool is_in(const Chain& chain, X509* leaf, const X509* certificate) {
    return X509_cmp(leaf, certificate) == 0 || holds(chain.certificates, certificate);
}

/// `candidates(below)` gives those who may have signed it.
template <class Candidates>
void extend(Chain& chain, X509* leaf, SignatureChecks& checks, Candidates candidates) {
    while (!chain.root && chain.certificates.size() < kMaxChainLength) {
        X509* const below = chain.top(leaf);
        if (checks.is_root(below)) break;
        X509* issuer = nullptr;
        const auto& offered = candidates(below);
        for (const X509Handle& other : offered) {
            if (is_in(chain, leaf, other.get())) continue;
            if (!checks.is_issued_by(below, other.get())) continue;
            if (issuer == nullptr || leads_further(other.get(), issuer)) issuer = other.get();
        }
        if (issuer == nullptr) break;
        if (checks.is_root(issuer)) {
            chain.root = share(issuer);
        } else {
            chain.certificates.push_back(share(issuer));
        }
    }
    drain_openssl_errors();
}

}  // namespace

X509* Chain::top(X509* leaf) const {
    if (root) return root.get();
    return certificates.empty() ? leaf : certificates.back().get();
}

void extend_chain(
    Chain& chain, X509* leaf, const std::vector<X509Handle>& others, SignatureChecks& checks
) {
    extend(chain, leaf, checks, [&others](X509*) -> const std::vector<X509Handle>& {
        return others;
    });
}

void extend_chain(Chain& chain, X509* leaf, X509_STORE* trust, SignatureChecks& checks) {
    const StoreContextHandle context{X509_STORE_CTX_new()};
    if (!context || X509_STORE_CTX_init(context.get(), trust, nullptr, nullptr) != 1) return;
    extend(chain, leaf, checks, [&context](X509* below) {
        const CertificatesHandle named{
            X509_STORE_CTX_get1_certs(context.get(), X509_get_issuer_name(below))};
        std::vector<X509Handle> found;
        for (int i = 0; i < sk_X509_num(named.get()); ++i) {
            found.push_back(share(sk_X509_value(named.get(), i)));
        }
        return found;
    });
}

}  // namespace countersign::certs
