#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// A certificate revocation list, as its file has it (RFC 5280 5): whole, not a delta, and without
/// critical extensions that are not known here. Immutable. Whose it is says its name alone: its
/// signature is checked by `is_signed_by`, where somebody has the authority's certificate.
struct Crl {
    using Time = std::chrono::system_clock::time_point;
    using ScopeHandle = OpensslHandle<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free>;

    CrlHandle list;
    ScopeHandle scope;        ///< which certificates it is about; null: all of its authority
    std::string where;        ///< its file
    std::string issuer;       ///< "CN=Partner Root"
    Time this_update;         ///< its first moment
    Time next_update;         ///< its last moment; the clock's first one where it says none
    bool says_an_end = true;  ///< whether it says one

    /// "the CRL partner.crl of 'CN=Partner Root'"
    std::string describe() const;

    enum class Standing { current, ended, not_yet };
    Standing standing(Time now) const;
};

/// What a list says of a certificate that it has.
struct Revocation {
    Crl::Time since;
    std::string reason;  ///< "key compromise"; empty where none is said
};

/// "key compromise" for a number of RFC 5280 5.3.1; empty for an unspecified or unknown one.
std::string revocation_reason(long number);

/// Whether it bears the name of that authority; whether both bear that of the same one.
bool is_named_after(const Crl& crl, const X509* issuer);
bool is_named_like(const Crl& crl, const Crl& other);
/// Whether the certificate of that name signed the list, and may sign lists.
bool is_signed_by(const Crl& crl, X509* issuer);
/// Whether the list would have the certificate, one of its authority's, were it revoked: there may
/// be lists for authorities alone, say, or for a part of the certificates.
bool covers(const Crl& crl, X509* certificate);
/// What it says of a certificate of its authority; nullopt where it does not have it.
std::optional<Revocation> revocation_in(const Crl& crl, X509* certificate);

}  // namespace countersign::certs
