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

/// The depth of an authority in a verified chain, below the trusted one, that does not say of
/// itself that it is one (CA:TRUE in its basic constraints, RFC 5280 6.1.4 k); 0: there is none.
/// OpenSSL takes one without basic constraints by its key usage alone.
int unmarked_authority(const STACK_OF(X509) * chain);

/// The certificate whose extensions OpenSSL cannot read, or has twice, where `below` has no issuer:
/// itself, or one by the issuer's name among those. OpenSSL passes such ones over in silence. Null:
/// there is none.
X509* unreadable_at(X509* below, const STACK_OF(X509) * sent, const STACK_OF(X509) * trusted);

/// Why a chain that OpenSSL has verified is not that of the server that was meant.
struct ServerVerdict {
    int error = X509_V_OK;                   ///< X509_V_ERR_…; X509_V_OK: it is
    std::optional<NameObjection> objection;  ///< of one of the chain's authorities to the name
};

/// What OpenSSL's own verification does not know: the host in name constraints, several names of
/// one kind, URIs, pins. `host` is the name that OpenSSL has compared with the leaf's; null where
/// it was an address, or where the rules have names of their own, of which the leaf needs one as a
/// subject alternative name: a URI as it stands. `named_by_pin`: the leaf stands for the name, and
/// none is looked for.
ServerVerdict check_server(
    const STACK_OF(X509) * chain, const profiles::TlsRules& rules, const char* host,
    bool named_by_pin = false
);
/// Whether the certificate's key is one of the rules' pins.
bool is_pinned(const X509* certificate, const profiles::TlsRules& rules);

/// Whether a certificate is a host's, by a subject alternative name: as OpenSSL has it, and a
/// wildcard covers a whole left-most label with an underscore in it, too ("my_api"). That is no
/// host's name by RFC 952; servers have such ones, and browsers and curl reach them.
bool is_of_host(X509* leaf, const std::string& host, unsigned flags);

/// The keys of a chain, leaf first, as `tls.pins` takes them: "sha256/…".
std::vector<std::string> pins_of(const STACK_OF(X509) * chain);

}  // namespace countersign::proxy::tls
