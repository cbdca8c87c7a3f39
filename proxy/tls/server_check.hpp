#pragma once

#include <openssl/x509v3.h>

#include <optional>
#include <string>
#include <vector>

#include "profiles/profile.hpp"
#include "proxy/tls/name_constraints.hpp"

namespace countersign::proxy::tls {

/// RFC 9525: only subject alternative names count, and a wildcard is a whole label. OpenSSL goes by
/// them in name constraints too: whoever verifies sets them, whatever the name is.
inline constexpr unsigned kHostFlags =
    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
/// The same, or those by which the common name counts too: with `danger_common_name`, where the
/// leaf has no alternative name at all.
unsigned host_flags(const profiles::TlsRules& rules, const X509* leaf);

/// Why a chain that OpenSSL has verified is not that of the server that was meant.
struct ServerVerdict {
    int error = X509_V_OK;                   ///< X509_V_ERR_…; X509_V_OK: it is
    std::optional<NameObjection> objection;  ///< of one of the chain's authorities to the name
};

/// What OpenSSL's own verification does not know: the host in name constraints, several names of
/// one kind, URIs, pins. `host` is the name that OpenSSL has compared with the leaf's; null where
/// it was an address, or where the rules have names of their own, of which the leaf needs one as a
/// subject alternative name: a URI as it stands.
ServerVerdict check_server(
    const STACK_OF(X509) * chain, const profiles::TlsRules& rules, const char* host
);

/// Whether a certificate is a host's, by a subject alternative name: as OpenSSL has it, and a
/// wildcard covers a whole left-most label with an underscore in it, too ("my_api"). That is no
/// host's name by RFC 952; servers have such ones, and browsers and curl reach them.
bool is_of_host(X509* leaf, const std::string& host, unsigned flags);

/// The keys of a chain, leaf first, as `tls.pins` takes them: "sha256/…".
std::vector<std::string> pins_of(const STACK_OF(X509) * chain);

}  // namespace countersign::proxy::tls
