#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <string>

#include "certs/identity.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/trust_store.hpp"
#include "profiles/profile.hpp"

namespace countersign::proxy::tls {

/// What a TlsContext is made of. Identity and trust are shared with other contexts that use the
/// same records.
struct TlsContextParts {
    std::shared_ptr<const certs::Identity> identity;  ///< null: server-only TLS
    std::shared_ptr<const certs::TrustStore> trust;   ///< never null
    profiles::TlsRules rules;
    bool send_root = false;  ///< whether the root above the identity's chain is sent too

    friend bool operator==(const TlsContextParts&, const TlsContextParts&) = default;
};

/// One profile's TLS towards its servers: versions, identity, trust, and what a `danger_` switch
/// gives up of its verification. Immutable, made once a generation, shared by all workers. Two
/// contexts are never equal: connections and TLS sessions are kept under the very object, which is
/// what keeps identities apart.
class TlsContext {
public:
    /// Error: a sentence for a report at load, with OpenSSL's words where it refuses (a key too
    /// weak for its security level, say).
    static boost::system::result<std::shared_ptr<const TlsContext>, std::string> make(
        TlsContextParts parts
    );

    /// Another context of the very same parts, for another profile: OpenSSL's part of it, which
    /// takes a quarter of a millisecond and 15 KB to make, is shared.
    static std::shared_ptr<const TlsContext> twin_of(const TlsContext& other);
    bool is_made_of(const TlsContextParts& parts) const { return parts_ == parts; }
    /// Whether both present an identity, not the same one, and are equal in all else.
    bool differs_in_identity(const TlsContext& other) const;

    /// A new connection object. Null where memory is short.
    certs::SslHandle new_ssl() const;

    const certs::Identity* identity() const { return parts_.identity.get(); }
    const certs::TrustStore& trust() const { return *parts_.trust; }
    const profiles::TlsRules& rules() const { return parts_.rules; }

private:
    explicit TlsContext(TlsContextParts parts) : parts_{std::move(parts)} {}
    bool configure();
    bool use_identity();

    TlsContextParts parts_;
    certs::SslContextHandle context_;
};

}  // namespace countersign::proxy::tls
