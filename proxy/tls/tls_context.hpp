#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <vector>

#include "certs/crl_set.hpp"
#include "certs/identity.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/strength.hpp"
#include "certs/trust_store.hpp"
#include "profiles/profile.hpp"
#include "proxy/tls/default_groups.hpp"

namespace countersign::proxy::tls {

/// What a TlsContext is made of. Identity and trust are shared with other contexts that use the
/// same records.
struct TlsContextParts {
    std::shared_ptr<const certs::Identity> identity;  ///< null: server-only TLS
    std::shared_ptr<const certs::TrustStore> trust;   ///< never null
    profiles::TlsRules rules;
    bool send_root = false;  ///< whether the root above the identity's chain is sent too
    std::shared_ptr<const certs::CrlSet> lists = {};  ///< revocation lists; null: none

    friend bool operator==(const TlsContextParts&, const TlsContextParts&) = default;
};

/// A certificate of an identity with which OpenSSL makes no connection under a profile's rules.
struct RefusedCertificate {
    const X509* certificate;  ///< of the context's identity
    certs::Weakness weakness;
};

/// One profile's TLS towards its servers: versions, identity, trust, revocation lists, and what a
/// `danger_` switch gives up of its verification. Immutable, made once a generation, shared by all
/// workers. Two contexts are never equal: connections and TLS sessions are kept under the very
/// object, which is what keeps identities apart.
class TlsContext {
public:
    /// Error: a sentence for a report at load, with OpenSSL's words where it refuses. An identity
    /// that is too weak is none: see `refused`. `groups` are offered where the rules name none.
    static boost::system::result<std::shared_ptr<const TlsContext>, std::string> make(
        TlsContextParts parts, DefaultGroups groups = DefaultGroups::of_library()
    );

    /// Another context of the very same parts, for another profile: OpenSSL's part of it, which
    /// takes a quarter of a millisecond and 15 KB to make, is shared.
    static std::shared_ptr<const TlsContext> twin_of(const TlsContext& other);
    bool is_made_of(const TlsContextParts& parts) const { return parts_ == parts; }
    /// Whether both present an identity, not the same one, and are equal in all else.
    bool differs_in_identity(const TlsContext& other) const;

    /// A new connection object. Null where memory is short, and where the identity is refused: no
    /// connection is made without it.
    certs::SslHandle new_ssl() const;
    /// Whether its first message is large, and may be made small.
    bool has_large_hello() const { return groups_.are_large(); }
    void make_hello_small(SSL& connection) const;

    /// What of the identity OpenSSL's security level refuses, leaf upwards: the profile alone does
    /// not work then. Empty where all is taken.
    const std::vector<RefusedCertificate>& refused() const { return refused_; }
    /// The first of them, behind the identity's name: "is for a key of RSA 1024 bits, which …".
    std::string refusal() const;

    const TlsContextParts& parts() const { return parts_; }
    const certs::Identity* identity() const { return parts_.identity.get(); }
    const certs::TrustStore& trust() const { return *parts_.trust; }
    /// The revocation lists that servers' certificates are looked for in; null: none.
    const certs::CrlSet* lists() const { return parts_.lists.get(); }
    const profiles::TlsRules& rules() const { return parts_.rules; }

private:
    TlsContext(TlsContextParts parts, DefaultGroups groups);
    bool configure();
    bool use_identity();
    bool note_refused(X509* certificate);

    TlsContextParts parts_;
    DefaultGroups groups_;  // empty where the rules name some, or need none
    certs::SslContextHandle context_;
    std::vector<RefusedCertificate> refused_;
};

}  // namespace countersign::proxy::tls
