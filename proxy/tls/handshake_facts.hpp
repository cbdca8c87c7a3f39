#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "profiles/profile.hpp"

namespace countersign::proxy::tls {

/// What the report knows besides the failure itself.
struct HandshakeFacts {
    std::string profile;      ///< empty: `unmatched: tls`
    std::string destination;  ///< "api.partner.example:443"
    std::string server_name;  ///< the name, or names, that were verified
    std::string identity;  ///< subject of the client certificate, empty where the profile has none
    std::string trust;     ///< what was searched: TrustStore::describe()
    bool verify_names = false;                       ///< they are the profile's verify_names
    bool fixed_name = false;                         ///< it is the profile's tls.server_name
    std::vector<std::string> identity_issuers = {};  ///< of its leaf, and of its chain
    std::string identity_key = {};                   ///< of its leaf: "EC P-256"
    std::string identity_signature =
        {};  ///< that it makes: "ecdsa_secp256r1_sha256"; empty: not known
    bool identity_for_clients = true;  ///< its extended key usage, where it has one, says so
    std::string announced = {};        ///< the name that was, by SNI; empty: none
    bool silenced = false;             ///< by `server_name: none`; else an address is none
    /// The keys of its `tls:` by which the profile limits what is offered: "ciphers".
    std::vector<std::string_view> limited_by = {};
    profiles::Dangers dangers = {};
    profiles::TlsVersion min_version = profiles::TlsVersion::tls_1_2;
    profiles::TlsVersion max_version = profiles::TlsVersion::tls_1_3;
};

/// "profile 'partner'", "the profile" where there is none.
std::string profile_name(const HandshakeFacts& facts);

}  // namespace countersign::proxy::tls
