#pragma once

#include <openssl/x509_vfy.h>

#include <memory>
#include <vector>

#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

/// One path, to be verified by OpenSSL, on the terms of a verification that has failed, as if the
/// server had sent nothing else and nothing else were trusted.
class PathTrial {
public:
    /// `path`: leaf first, trusted one last. `failed` and the certificates outlive it.
    PathTrial(X509_STORE_CTX& failed, const std::vector<X509*>& path);

    /// Ready for X509_verify_cert, with the callback and the connection of the failed one. Null
    /// where memory is short.
    X509_STORE_CTX* context() const { return context_.get(); }

    /// Makes the failed verification one that has accepted this path, which it has to be.
    void hand_over(X509_STORE_CTX& failed) const;

private:
    struct FreeStack {
        void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
    };
    using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;  ///< owns none of what is in it

    bool prepare(X509_STORE_CTX& failed, const std::vector<X509*>& path);

    Stack between_;
    Stack trusted_;
    certs::OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free> context_;
};

/// Whether a verification that failed with `error` (X509_V_ERR_…) at `depth` may succeed by another
/// path: not for a fault of the server's own certificate.
bool depends_on_path(int error, int depth);

/// How far a verification came that failed with `error`: of several paths that all fail, the one
/// that came furthest is told, for it is the one that was meant. 0: not even to a trusted one.
int progress_until(int error);

/// Whether the chain that was verified is this path.
bool is_path(const STACK_OF(X509) * chain, const std::vector<X509*>& path);

}  // namespace countersign::proxy::tls
