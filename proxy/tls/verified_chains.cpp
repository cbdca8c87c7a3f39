#include "proxy/tls/verified_chains.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

namespace {

constexpr auto kRememberedFor = std::chrono::hours{1};

/// Fetched once: by name, each use would look it up among all of the provider's.
const EVP_MD* sha256() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return method;
}

bool add(EVP_MD_CTX& context, X509* certificate, std::vector<unsigned char>& der) {
    const int size = i2d_X509(certificate, nullptr);
    if (size <= 0) return false;
    der.resize(static_cast<std::size_t>(size));
    unsigned char* out = der.data();
    return i2d_X509(certificate, &out) == size &&
           EVP_DigestUpdate(&context, der.data(), der.size()) == 1;
}

}  // namespace

std::chrono::system_clock::time_point end_of(const STACK_OF(X509) * chain) {
    auto end = std::chrono::system_clock::time_point::max();
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        end = std::min(end, certs::not_after_of(sk_X509_value(chain, i)));
    }
    return end;
}

bool VerifiedChains::digest_of(X509_STORE_CTX& store, Digest& digest) {
    const certs::DigestContextHandle context{EVP_MD_CTX_new()};
    if (!context || sha256() == nullptr) return false;
    if (EVP_DigestInit_ex(context.get(), sha256(), nullptr) != 1) return false;
    std::vector<unsigned char> der;
    X509* const leaf = X509_STORE_CTX_get0_cert(&store);
    if (leaf == nullptr || !add(*context, leaf, der)) return false;
    // What the server sent, the leaf included: DER says itself where each certificate ends.
    const STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(&store);
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        if (!add(*context, sk_X509_value(sent, i), der)) return false;
    }
    return EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
}

std::optional<VerifiedChains::Time> VerifiedChains::knows(const Digest& digest, Time now) const {
    const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.digest == digest && entry.from <= now && now < entry.until;
    });
    return known == entries_.end() ? std::nullopt : std::optional{known->valid_until};
}

void VerifiedChains::remember(const Digest& digest, X509_STORE_CTX& store, Time now) {
    const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(&store);
    if (sk_X509_num(chain) <= 0) return;
    const Time valid_until = end_of(chain);
    entries_[next_] = {digest, now, std::min(now + kRememberedFor, valid_until), valid_until};
    next_ = (next_ + 1) % kKept;
}

}  // namespace countersign::proxy::tls
