#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace countersign::certs {

/// Error: a server that does its duty refuses, or the store is of no use. Warning: some will, or
/// one day it will be refused.
enum class Severity { error, warning };

enum class FindingCode {
    key_mismatch,      ///< the key is that of none of the certificates
    key_not_opened,    ///< nobody gave the password that would show it
    no_certificate,    ///< a key alone
    self_signed,       ///< the authority's reply has not been imported
    chain_incomplete,  ///< the leaf's issuer is missing
    chain_misordered,  ///< not leaf, issuer, its issuer
    expired,
    expires_soon,
    not_yet_valid,
    no_client_auth,          ///< extended key usages, without that of a client
    no_server_auth,          ///< the same of what this process shows as a server
    no_digital_signature,    ///< key usages, without the one that a handshake needs
    weak_signature,          ///< SHA-1, MD5
    weak_key,                ///< RSA below 2048 bits
    name_only_in_cn,         ///< a server's certificate without alternative names
    authority_as_leaf,       ///< a CA certificate in the place of the client's
    not_an_authority,        ///< trusted, and vouches for no other
    opens_without_password,  ///< the password that is given protects nothing
};

/// "key-mismatch", "expires-soon": for programs.
std::string_view name_of(FindingCode code);
std::string_view name_of(Severity severity);

/// One thing that is wrong, or will be.
struct Finding {
    FindingCode code;
    Severity severity;
    std::string where;   ///< file and alias
    std::string what;    ///< a sentence
    std::string remedy;  ///< a sentence

    /// "acme.jks, alias mydomain: what. remedy."
    std::string text() const { return where + ": " + what + " " + remedy; }
};

/// The moment that a store is judged at, and how long before its end a certificate is told of.
struct LintTime {
    std::chrono::system_clock::time_point now;
    std::chrono::seconds warn_before = std::chrono::days{30};
};

/// As what a key store's certificate is shown.
enum class LeafUse { client, server };

}  // namespace countersign::certs
