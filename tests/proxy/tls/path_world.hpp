#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "profiles/profile.hpp"
#include "tests/support/ca.hpp"

namespace countersign::proxy::tls {

/// What a server sends, what is trusted, and what is said of it: certificates of authorities that
/// have signed one another, each written as SUBJECT<ISSUER ("I<R"; the self-signed "R" is "R<R"),
/// and behind it, where it has a flaw, a colon and the flaw's name ("I<R:expired").
///
/// An authority is a name and a key. "B" and "B'" have the same name and different keys. Names with
/// "w" in front have RSA keys of 1024 bits, those with "r" of 2048; all others are P-256. "S" is
/// the server, which is verified as "localhost". A certificate that is named twice is the very same
/// one.
class PathWorld {
public:
    /// "S<I I<R R": accepted by this chain, the server's own first; or OpenSSL's words for the
    /// error, and the subject of the certificate that has it.
    std::string verdict(
        std::string_view sent, std::string_view trusted, const profiles::TlsRules& rules = {}
    );
    /// The same, of a chain that is not made of letters.
    std::string verdict(
        const std::vector<X509*>& sent, const std::string& trusted_pem,
        const profiles::TlsRules& rules = {}
    );

    X509* certificate(const std::string& text);
    const tests::Ca& authority(const std::string& id);
    /// As `tls.pins` has it.
    profiles::Pin pin_of(const std::string& text);

private:
    std::string text_of(const STACK_OF(X509) * chain) const;

    std::map<std::string, tests::Ca> authorities_;
    std::map<std::string, certs::X509Handle> certificates_;
};

}  // namespace countersign::proxy::tls
