#pragma once

#include <openssl/x509_vfy.h>

#include <cstddef>
#include <deque>
#include <vector>

#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

/// The certificates by which a server's own could be verified: those it sent and those that are
/// trusted, as far as they stand above it by name, and who of them has signed whom. The server
/// chooses what it sends, so all of this has bounds, and a signature is checked only with the key
/// of an authority for which the trust vouches, from the trusted ones downwards: what a stranger
/// invents is never reached, whatever it looks like.
class CertificateGraph {
public:
    static constexpr std::size_t kMostSent = 64;
    static constexpr std::size_t kMostSignatures = 128;

    struct Node {
        certs::X509Handle certificate;
        bool trusted = false;
        /// What speaks against it in any path: not valid now, no authority for servers, weak …
        int faults = 0;
        std::size_t entity = 0;  ///< the first node with this name and this key: itself, mostly
        std::vector<std::size_t> issuers = {};  ///< whose keys have verified its signature
    };

    /// Of what `context` is to verify: its leaf, what the server sent, its store.
    explicit CertificateGraph(X509_STORE_CTX& context);

    /// The first is the server's own certificate.
    const std::vector<Node>& nodes() const { return nodes_; }
    std::size_t signatures_checked() const { return signatures_; }

private:
    /// Whether the key of an entity has verified a signature.
    struct Checked {
        std::size_t entity;
        bool verified;
    };
    struct Named {
        const X509_NAME* name;
        std::vector<certs::X509Handle> trusted;  ///< that have this subject
    };

    void collect(X509_STORE_CTX& context);
    void offer(std::size_t below, X509* candidate, X509_STORE_CTX& context);
    std::size_t add(X509* certificate, X509_STORE_CTX& context);
    const std::vector<certs::X509Handle>& trusted_named(
        const X509_NAME* name, X509_STORE_CTX& context
    );
    X509* trusted_copy_of(const X509* certificate, X509_STORE_CTX& context);
    void check_signatures();
    void check_signatures_of(
        std::size_t issuer, std::vector<bool>& reached, std::vector<std::size_t>& waiting
    );
    bool verifies(std::size_t issuer, std::size_t below);

    std::vector<Node> nodes_;
    std::vector<std::vector<std::size_t>> below_;  ///< of each node: those that name it as issuer
    std::vector<std::vector<Checked>> checked_;    ///< of each node: its signature
    std::deque<Named> looked_up_;                  ///< references to them stay good
    std::size_t sent_ = 0;
    std::size_t signatures_ = 0;
};

}  // namespace countersign::proxy::tls
