#include "proxy/tls/certificate_graph.hpp"

#include <openssl/x509v3.h>

#include <utility>

#include "certs/error.hpp"

namespace countersign::proxy::tls {

namespace {

using NamedStack = certs::OpensslHandle<STACK_OF(X509), [](STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}>;

/// What OpenSSL's security level 2 asks for. It says here only which path is tried first.
constexpr int kStrongBits = 112;

int faults_of(X509* certificate, bool trusted, const X509_VERIFY_PARAM* terms) {
    int faults = 0;
    const ASN1_TIME* const from = X509_get0_notBefore(certificate);
    if (X509_cmp_timeframe(terms, from, X509_get0_notAfter(certificate)) != 0) ++faults;
    const int authority = X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 1);
    if (trusted ? authority == 0 : authority != 1) ++faults;
    if ((X509_get_extension_flags(certificate) & EXFLAG_CRITICAL) != 0) ++faults;
    if (EVP_PKEY_get_security_bits(X509_get0_pubkey(certificate)) < kStrongBits) ++faults;
    int signature = -1;
    X509_get_signature_info(certificate, nullptr, nullptr, &signature, nullptr);
    if (!trusted && signature < kStrongBits) ++faults;
    return faults;
}

bool is_same_entity(const X509* a, const X509* b) {
    return X509_NAME_cmp(X509_get_subject_name(a), X509_get_subject_name(b)) == 0 &&
           ASN1_STRING_cmp(X509_get0_pubkey_bitstr(a), X509_get0_pubkey_bitstr(b)) == 0;
}

}  // namespace

CertificateGraph::CertificateGraph(X509_STORE_CTX& context) {
    collect(context);
    check_signatures();
    certs::drain_openssl_errors();
}

/// Upwards from the leaf, by names and key identifiers alone.
void CertificateGraph::collect(X509_STORE_CTX& context) {
    add(X509_STORE_CTX_get0_cert(&context), context);
    const STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(&context);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        X509* const below = nodes_[i].certificate.get();
        if (X509_self_signed(below, 0) == 1) continue;
        const X509_NAME* const name = X509_get_issuer_name(below);
        const std::vector<certs::X509Handle>& trusted = trusted_named(name, context);
        for (std::size_t k = 0; k < trusted.size(); ++k) offer(i, trusted[k].get(), context);
        for (int k = 0; k < sk_X509_num(sent) && sent_ < kMostSent; ++k) {
            offer(i, sk_X509_value(sent, k), context);
        }
        if (sent_ < kMostSent) continue;
        const std::size_t known = nodes_.size();
        for (std::size_t k = 1; k < known; ++k) offer(i, nodes_[k].certificate.get(), context);
    }
}

void CertificateGraph::offer(std::size_t below, X509* candidate, X509_STORE_CTX& context) {
    X509* const named = nodes_[below].certificate.get();
    if (X509_NAME_cmp(X509_get_subject_name(candidate), X509_get_issuer_name(named)) != 0) return;
    if (X509_check_issued(candidate, named) != X509_V_OK) return;
    std::size_t at = 0;
    while (at < nodes_.size() && X509_cmp(nodes_[at].certificate.get(), candidate) != 0) ++at;
    if (at == nodes_.size()) at = add(candidate, context);
    // The server's own certificate is above nobody.
    if (at == 0 || at == nodes_.size() || at == below) return;
    for (const std::size_t known : below_[at]) {
        if (known == below) return;
    }
    below_[at].push_back(below);
}

/// Its place; one past the end where it is rejected, or the server has sent too many.
std::size_t CertificateGraph::add(X509* certificate, X509_STORE_CTX& context) {
    X509* const copy = trusted_copy_of(certificate, context);
    const bool rejected =
        copy != nullptr && X509_check_trust(copy, X509_TRUST_SSL_SERVER, 0) == X509_TRUST_REJECTED;
    // Where the trust says that it is not for servers, it is not a way to another one either.
    if (rejected && !nodes_.empty()) return nodes_.size();
    const bool trusted = copy != nullptr && !rejected;
    if (!trusted && sent_ == kMostSent) return nodes_.size();
    // What a file says of its use is with the trusted one alone.
    if (trusted) certificate = copy;
    if (!trusted) ++sent_;
    const std::size_t at = nodes_.size();
    Node& node = nodes_.emplace_back();
    node.certificate = certs::share(certificate);
    node.trusted = trusted;
    node.faults = faults_of(certificate, trusted, X509_STORE_CTX_get0_param(&context));
    while (node.entity < at && !is_same_entity(nodes_[node.entity].certificate.get(), certificate)
    ) {
        ++node.entity;
    }
    below_.emplace_back();
    checked_.emplace_back();
    return at;
}

/// Each name is looked up once: the system's directory is read for it.
const std::vector<certs::X509Handle>& CertificateGraph::trusted_named(
    const X509_NAME* name, X509_STORE_CTX& context
) {
    for (const Named& known : looked_up_) {
        if (X509_NAME_cmp(known.name, name) == 0) return known.trusted;
    }
    Named& found = looked_up_.emplace_back(Named{name, {}});
    const NamedStack stack{X509_STORE_CTX_get1_certs(&context, name)};
    for (int i = 0; i < sk_X509_num(stack.get()); ++i) {
        found.trusted.push_back(certs::share(sk_X509_value(stack.get(), i)));
    }
    return found.trusted;
}

/// Null: it is not trusted.
X509* CertificateGraph::trusted_copy_of(const X509* certificate, X509_STORE_CTX& context) {
    for (const auto& one : trusted_named(X509_get_subject_name(certificate), context)) {
        if (X509_cmp(one.get(), certificate) == 0) return one.get();
    }
    return nullptr;
}

/// Downwards from the trusted ones, the nearest to the leaf first.
void CertificateGraph::check_signatures() {
    std::vector<bool> reached(nodes_.size(), false);
    std::vector<std::size_t> waiting;
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
        if (!nodes_[i].trusted) continue;
        reached[i] = true;
        waiting.push_back(i);
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        check_signatures_of(waiting[i], reached, waiting);
    }
}

void CertificateGraph::check_signatures_of(
    std::size_t issuer, std::vector<bool>& reached, std::vector<std::size_t>& waiting
) {
    for (const std::size_t one : below_[issuer]) {
        if (!verifies(issuer, one)) continue;
        nodes_[one].issuers.push_back(issuer);
        // Only an authority's key is used to check others: whoever has some certificate of a
        // trusted authority, as each server has, gets no further.
        if (one == 0 || reached[one] || X509_check_ca(nodes_[one].certificate.get()) != 1) continue;
        reached[one] = true;
        waiting.push_back(one);
    }
}

/// Once for each key: an authority that several have signed has one.
bool CertificateGraph::verifies(std::size_t issuer, std::size_t below) {
    const std::size_t entity = nodes_[issuer].entity;
    for (const Checked& known : checked_[below]) {
        if (known.entity == entity) return known.verified;
    }
    EVP_PKEY* const key = X509_get0_pubkey(nodes_[issuer].certificate.get());
    if (key == nullptr || signatures_ == kMostSignatures) return false;
    ++signatures_;
    const bool verified = X509_verify(nodes_[below].certificate.get(), key) == 1;
    checked_[below].push_back({entity, verified});
    return verified;
}

}  // namespace countersign::proxy::tls
