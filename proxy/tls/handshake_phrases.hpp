#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/tls/handshake_facts.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// How each of the sentences begins that say why.
inline constexpr std::string_view kNotAccepted = "The server's certificate was not accepted: ";

// Parts of sentences, each with a space before it or empty.

/// " It says that it accepts certificates of: …"
std::string accepted_issuers(const TlsFailure& failure);
/// Whether the server named authorities, all of them known here, and none is above the identity.
bool accepts_other_issuers(const TlsFailure& failure, const HandshakeFacts& facts);
/// " This one's authorities are none of them: …", where that is so.
std::string other_issuers(const TlsFailure& failure, const HandshakeFacts& facts);
/// Whether the profile does, so that it may be the reason and not the server.
bool limits_signatures(const HandshakeFacts& facts);
/// Of a server to which the identity was not sent: "takes no signature of such a key as that of …",
/// and that the profile limits signatures, where it does.
std::string takes_no_signature(const HandshakeFacts& facts);
/// Where a certificate was asked for and none sent: none is there, or none that the server takes.
std::string remedy_for_no_identity(const TlsFailure& failure, const HandshakeFacts& facts);
/// " It takes signatures by: …", or nothing.
std::string accepted_signatures(const TlsFailure& failure);
/// Where no name was announced: a sentence that says so, with a space before it, and what to do
/// where that may be the cause, with one behind it. Empty otherwise.
std::string nothing_announced(const HandshakeFacts& facts);
std::string remedy_for_nothing_announced(const HandshakeFacts& facts);
/// That the profile limits what is offered, by which keys; empty where it does not.
std::string limits(const HandshakeFacts& facts);
/// " If that cannot be, …": the switch by which this profile would accept it, with what that costs.
/// Empty where there is none, or no profile, or it is on. `where`: what has to be so for that.
std::string or_danger(
    const HandshakeFacts& facts, std::optional<profiles::Danger> danger,
    std::string_view where = "If that cannot be"
);
/// What TLS version the server does not speak, and what to do about it.
std::string versions_offered(const HandshakeFacts& facts);
std::string version_remedy(const HandshakeFacts& facts);
/// Whether the profile leaves one version alone, so that it may be the reason and not the server.
bool limits_versions(const HandshakeFacts& facts);
inline constexpr std::string_view kNoVersion = "no TLS version in common with {}";

}  // namespace countersign::proxy::tls
