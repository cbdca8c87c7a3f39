#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace countersign::proxy::tls {

/// What a server named when it asked for a client certificate. Immutable, shared by a connection
/// and the sessions that descend from it.
struct CertificateRequest {
    static constexpr int kNamed = 5;
    /// Bytes of DER. A server chooses them, and every session keeps them: longer ones are counted.
    static constexpr std::size_t kLongestName = 1024;

    std::vector<std::string> issuers;  ///< the first of them
    std::size_t count = 0;             ///< of all; 0: it takes those of any issuer
    std::string der;                   ///< of the first, to know them again

    /// The request that the connection's handshake has brought. `known`, which may be null, where
    /// it says the same: a server names the same issuers each time.
    static std::shared_ptr<const CertificateRequest> of(
        const SSL& ssl, std::shared_ptr<const CertificateRequest> known
    );
};

/// Whether a server has asked, in a connection's full handshake or after it, and what it got.
struct CertificateAsked {
    std::shared_ptr<const CertificateRequest> request;  ///< null: it has not
    bool sent = false;                                  ///< the identity; else no certificate
};

}  // namespace countersign::proxy::tls
