#include "certs/crl.hpp"

#include <openssl/x509v3.h>

#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

using PointsHandle = OpensslHandle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
using ReasonHandle = OpensslHandle<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;

const GENERAL_NAMES* full_names_of(const DIST_POINT_NAME* name) {
    return name != nullptr && name->type == 0 ? name->name.fullname : nullptr;
}

bool have_one_in_common(const GENERAL_NAMES* some, const GENERAL_NAMES* others) {
    for (int i = 0; i < sk_GENERAL_NAME_num(some); ++i) {
        for (int j = 0; j < sk_GENERAL_NAME_num(others); ++j) {
            if (GENERAL_NAME_cmp(
                    sk_GENERAL_NAME_value(some, i), sk_GENERAL_NAME_value(others, j)
                ) == 0) {
                return true;
            }
        }
    }
    return false;
}

/// Whether one of the places where the certificate says that its lists are is `place`.
bool is_published_at(X509* certificate, const DIST_POINT_NAME* place) {
    const PointsHandle points{static_cast<CRL_DIST_POINTS*>(
        X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)
    )};
    for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
        const DIST_POINT* const point = sk_DIST_POINT_value(points.get(), i);
        if (have_one_in_common(full_names_of(point->distpoint), full_names_of(place))) return true;
    }
    drain_openssl_errors();
    return false;
}

}  // namespace

std::string Crl::describe() const {
    std::string text = "the CRL " + where + " of ";
    return text += in_quotes(issuer);
}

Crl::Standing Crl::standing(Time now) const {
    if (now < this_update) return Standing::not_yet;
    return now < next_update ? Standing::current : Standing::ended;
}

std::string revocation_reason(long number) {
    switch (number) {
        case CRL_REASON_KEY_COMPROMISE:
            return "key compromise";
        case CRL_REASON_CA_COMPROMISE:
            return "authority compromised";
        case CRL_REASON_AFFILIATION_CHANGED:
            return "affiliation changed";
        case CRL_REASON_SUPERSEDED:
            return "superseded";
        case CRL_REASON_CESSATION_OF_OPERATION:
            return "out of operation";
        case CRL_REASON_CERTIFICATE_HOLD:
            return "on hold";
        case CRL_REASON_PRIVILEGE_WITHDRAWN:
            return "privilege withdrawn";
        default:
            return {};
    }
}

bool is_named_after(const Crl& crl, const X509* issuer) {
    return X509_NAME_cmp(X509_CRL_get_issuer(crl.list.get()), X509_get_subject_name(issuer)) == 0;
}

bool is_named_like(const Crl& crl, const Crl& other) {
    return X509_CRL_cmp(crl.list.get(), other.list.get()) == 0;
}

bool is_signed_by(const Crl& crl, X509* issuer) {
    if (!is_named_after(crl, issuer)) return false;
    // A certificate without key usage may sign everything.
    if ((X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0) return false;
    EVP_PKEY* const key = X509_get0_pubkey(issuer);
    const bool is_signed = key != nullptr && X509_CRL_verify(crl.list.get(), key) == 1;
    drain_openssl_errors();
    return is_signed;
}

bool covers(const Crl& crl, X509* certificate) {
    const ISSUING_DIST_POINT* const scope = crl.scope.get();
    if (scope == nullptr) return true;
    if (scope->onlyattr > 0 || scope->onlysomereasons != nullptr) return false;
    const bool is_authority = X509_check_ca(certificate) != 0;
    if (is_authority ? scope->onlyuser > 0 : scope->onlyCA > 0) return false;
    return scope->distpoint == nullptr || is_published_at(certificate, scope->distpoint);
}

std::optional<Revocation> revocation_in(const Crl& crl, X509* certificate) {
    X509_REVOKED* entry = nullptr;
    // 2: it was on hold, and is not any more.
    if (X509_CRL_get0_by_cert(crl.list.get(), &entry, certificate) != 1) return std::nullopt;
    Revocation revocation{time_of(X509_REVOKED_get0_revocationDate(entry), Crl::Time::min()), {}};
    const ReasonHandle reason{static_cast<ASN1_ENUMERATED*>(
        X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)
    )};
    if (reason) revocation.reason = revocation_reason(ASN1_ENUMERATED_get(reason.get()));
    drain_openssl_errors();
    return revocation;
}

}  // namespace countersign::certs
