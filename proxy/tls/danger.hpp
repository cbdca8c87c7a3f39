#pragma once

#include <openssl/types.h>
#include <openssl/x509.h>

#include <optional>

#include "profiles/danger.hpp"

namespace countersign::proxy::tls {

/// Has OpenSSL accept in connections of the context what the switches accept, and nothing else that
/// is below its security level.
void apply_dangers(SSL_CTX& context, const profiles::Dangers& dangers);

/// Whether OpenSSL's own check of a chain's strength is left to `weakness_of`: it knows a level
/// alone, and no exception for one kind of weakness.
bool checks_strength(const profiles::Dangers& dangers);
struct Weakness {
    int error;  ///< X509_V_ERR_…
    int depth;
};
/// What is too weak in a verified chain for OpenSSL's security `level` and is not accepted by a
/// switch; X509_V_OK where nothing is.
Weakness weakness_of(const STACK_OF(X509) * chain, const profiles::Dangers& dangers, int level);

/// The switch by which a certificate would be accepted that was refused for `error`; nullopt where
/// there is none, or it would not be enough. `host`: null where the server has no such name.
/// `pinned`: the operator has named this very certificate, or its key.
std::optional<profiles::Danger> accepted_by(
    int error, X509* certificate, const char* host, bool pinned
);

}  // namespace countersign::proxy::tls
