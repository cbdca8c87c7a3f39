#include "certs/edit/arrangement.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/key_choice.hpp"
#include "certs/signature_checks.hpp"

namespace countersign::certs {
namespace {

using Certificates = std::vector<X509Handle>;

// Without the key: the certificate that signed none of the others.
X509* guess_leaf(const Certificates& certificates, SignatureChecks& checks) {
    for (const X509Handle& each : certificates) {
        const bool is_issuer = std::ranges::any_of(certificates, [&](const X509Handle& other) {
            return !same(other, each.get()) && checks.is_issued_by(other.get(), each.get());
        });
        if (!is_issuer) return each.get();
    }
    return nullptr;
}

bool belongs_to(const X509Handle& certificate, const EVP_PKEY* key) {
    const EVP_PKEY* const public_key = X509_get0_pubkey(certificate.get());
    const bool equal = key != nullptr && public_key != nullptr && EVP_PKEY_eq(public_key, key) == 1;
    drain_openssl_errors();
    return equal;
}

Certificates of_no_opened_key(
    const Certificates& certificates, const std::vector<PrivateKeyHandle>& opened
) {
    Certificates left;
    for (const X509Handle& each : certificates) {
        const bool belongs = std::ranges::any_of(opened, [&](const PrivateKeyHandle& key) {
            return belongs_to(each, key.get());
        });
        if (!belongs) left.push_back(share(each.get()));
    }
    return left;
}

X509Handle leaf_of(
    const KeyStoreEntries& entries, std::size_t key, const std::vector<PrivateKeyHandle>& opened,
    SignatureChecks& checks
) {
    const KeyEntry& entry = entries.keys[key];
    if (opened[key]) {
        X509* const found = find_leaf(entries, entry, opened[key].get());
        return X509Handle{found == nullptr ? nullptr : share(found)};
    }
    Certificates candidates = of_no_opened_key(entry.certificates, opened);
    if (candidates.empty()) candidates = of_no_opened_key(entries.loose, opened);
    X509* const guessed = guess_leaf(candidates, checks);
    return X509Handle{guessed == nullptr ? nullptr : share(guessed)};
}

std::vector<X509*> all_certificates(const KeyStoreEntries& entries) {
    std::vector<X509*> all;
    for (const KeyEntry& entry : entries.keys) {
        for (const X509Handle& each : entry.certificates) all.push_back(each.get());
    }
    for (const X509Handle& each : entries.loose) all.push_back(each.get());
    for (const TrustedEntry& each : entries.trusted) all.push_back(each.certificate.get());
    return all;
}

}  // namespace

std::optional<LoadError> arrange_certificates(
    KeyStoreEntries& entries, const std::vector<PrivateKeyHandle>& opened, const std::string& where
) {
    const std::vector<X509*> all = all_certificates(entries);
    SignatureChecks checks{entries.keys.size()};
    std::vector<Certificates> chains;
    for (std::size_t i = 0; i < entries.keys.size(); ++i) {
        const X509Handle leaf = leaf_of(entries, i, opened, checks);
        chains.push_back(leaf ? find_path(leaf.get(), all, checks).certificates : Certificates{});
        if (checks.exhausted()) return too_many_issuers(leaf.get(), where);
    }
    Certificates loose;
    const auto keep = [&](Certificates& certificates, bool once) {
        for (X509Handle& each : certificates) {
            const bool in_a_chain = std::ranges::any_of(chains, [&](const Certificates& chain) {
                return holds(chain, each.get());
            });
            if (in_a_chain || (once && holds(loose, each.get()))) continue;
            loose.push_back(std::move(each));
        }
    };
    for (KeyEntry& entry : entries.keys) keep(entry.certificates, true);
    keep(entries.loose, false);
    for (std::size_t i = 0; i < chains.size(); ++i) {
        entries.keys[i].certificates = std::move(chains[i]);
    }
    entries.loose = std::move(loose);
    return std::nullopt;
}

}  // namespace countersign::certs
