#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

namespace countersign::proxy::tls {

// Where a certificate says that its revocation is told. Its own words, which may be anything, until
// its chain is verified.

/// The places of its authority's lists (CRL distribution points), of whatever kind: "http://…",
/// "ldap://…". Made printable.
std::vector<std::string> places_of_lists(const X509* certificate);

/// How many of one kind are asked; those beyond are passed over.
inline constexpr std::size_t kMostPointers = 4;
inline constexpr std::size_t kLongestPointer = 1000;  ///< bytes

// Those that are asked: "http://" and printable ASCII after it, not too long, the first of them. An
// answer bears its authority's signature, and https would need certificates whose revocation is to
// be asked, so authorities name http alone.

std::vector<std::string> http_lists(const X509* certificate);
/// The OCSP responders (authority information access).
std::vector<std::string> http_responders(const X509* certificate);
/// The certificate of its issuer (authority information access).
std::vector<std::string> http_issuers(const X509* certificate);

}  // namespace countersign::proxy::tls
