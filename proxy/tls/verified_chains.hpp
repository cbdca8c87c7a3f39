#pragma once

#include <openssl/x509_vfy.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace countersign::proxy::tls {

/// The end of the first certificate of a verified chain that ends, the trusted one included.
std::chrono::system_clock::time_point end_of(const STACK_OF(X509) * chain);

/// The server chains that one destination under one TlsContext has shown and that were verified.
/// Byte for byte the same chain, checked for the same name against the same trust, can only be
/// accepted again, as long as all of its certificates are valid: building and checking it once more
/// would cost a fifth of a handshake. That the server has the leaf's key is proven in every
/// handshake anew. Only acceptance is remembered, for an hour at most. Not shared between threads.
class VerifiedChains {
public:
    using Time = std::chrono::system_clock::time_point;

    /// The leaf and all that the server sent with it, as SHA-256.
    using Digest = std::array<unsigned char, 32>;
    /// Of the chain that `store` is to verify. False where OpenSSL cannot tell.
    static bool digest_of(X509_STORE_CTX& store, Digest& digest);

    /// Until when all certificates of that chain are valid; nullopt: it is to be verified.
    std::optional<Time> knows(const Digest& digest, Time now) const;
    /// After X509_verify_cert has accepted it.
    void remember(const Digest& digest, X509_STORE_CTX& store, Time now);

private:
    struct Entry {
        Digest digest{};
        Time from = Time::max();
        Time until = Time::min();
        Time valid_until = Time::min();
    };

    /// A name may stand for several servers, each with a certificate of its own.
    static constexpr std::size_t kKept = 4;
    std::array<Entry, kKept> entries_;
    std::size_t next_ = 0;
};

}  // namespace countersign::proxy::tls
