#include "proxy/tls/staple.hpp"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "certs/certificate.hpp"
#include "certs/crl.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

namespace {

using ResponseHandle = certs::OpensslHandle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using BasicHandle = certs::OpensslHandle<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using IdHandle = certs::OpensslHandle<OCSP_CERTID, OCSP_CERTID_free>;
using FeatureHandle = certs::OpensslHandle<TLS_FEATURE, TLS_FEATURE_free>;
using StackHandle =
    certs::OpensslHandle<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }>;

/// A responder's clock may be ahead of this one.
constexpr std::chrono::minutes kClocksDiffer{5};
/// Of TLS's extensions: status_request.
constexpr long kStatusRequest = 5;

constexpr std::string_view kStapled = "the OCSP answer that the server sent";

Staple unusable(const AnswerOrigin& origin, const std::string& what) {
    Staple staple;
    staple.status = Staple::Status::unusable;
    staple.text = origin.name;
    staple.text += " " + what;
    certs::drain_openssl_errors();
    return staple;
}

/// By the issuer, or by whom it has made a responder: it alone is trusted here.
bool is_of_issuer(OCSP_BASICRESP& answer, X509* issuer) {
    const certs::X509StoreHandle store{X509_STORE_new()};
    const StackHandle signers{sk_X509_new_null()};
    if (!store || !signers || X509_STORE_add_cert(store.get(), issuer) != 1) return false;
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    if (sk_X509_push(signers.get(), issuer) <= 0) return false;
    return OCSP_basic_verify(&answer, signers.get(), store.get(), OCSP_NOEXPLICIT) == 1;
}

bool is_about(const OCSP_CERTID* id, const X509* leaf, const X509* issuer) {
    ASN1_OBJECT* digest = nullptr;
    auto* const asked = const_cast<OCSP_CERTID*>(id);  // OpenSSL asks for more than it needs
    if (OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, asked) != 1) return false;
    const EVP_MD* const method = EVP_get_digestbyobj(digest);
    if (method == nullptr) return false;
    const IdHandle own{OCSP_cert_to_id(method, leaf, issuer)};
    return own && OCSP_id_cmp(own.get(), id) == 0;
}

OCSP_SINGLERESP* find_single(OCSP_BASICRESP& answer, const X509* leaf, const X509* issuer) {
    for (int i = 0; i < OCSP_resp_count(&answer); ++i) {
        OCSP_SINGLERESP* const one = OCSP_resp_get0(&answer, i);
        if (is_about(OCSP_SINGLERESP_get0_id(one), leaf, issuer)) return one;
    }
    return nullptr;
}

Staple read_single(OCSP_SINGLERESP* single, Staple::Time now, const AnswerOrigin& origin) {
    int reason = OCSP_REVOKED_STATUS_NOSTATUS;
    ASN1_GENERALIZEDTIME* revoked = nullptr;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* end = nullptr;
    const int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &end);
    Staple staple;
    if (status == V_OCSP_CERTSTATUS_REVOKED) {
        staple.status = Staple::Status::revoked;
        staple.since = certs::to_text(certs::time_of(revoked, Staple::Time::min()));
        staple.reason = certs::revocation_reason(reason);
        return staple;
    }
    if (status != V_OCSP_CERTSTATUS_GOOD) {
        staple.status = Staple::Status::unknown;
        staple.text = origin.name;
        staple.text += " says that its authority does not know the certificate";
        return staple;
    }
    const Staple::Time begin = certs::time_of(from, Staple::Time::max());
    if (end != nullptr) {
        staple.until = certs::time_of(end, Staple::Time::min());
    } else {
        const bool counts = from != nullptr && begin < now + kClocksDiffer;
        staple.until = counts ? begin + origin.endless : Staple::Time::min();
    }
    const bool early = begin > now + kClocksDiffer;
    if (!early && now < staple.until) {
        staple.status = Staple::Status::good;
        return staple;
    }
    staple.status = Staple::Status::stale;
    staple.text = origin.name;
    staple.text += early            ? " begins only on " + certs::to_text(begin)
                   : end == nullptr ? " does not say how long it holds"
                                    : " ended on " + certs::to_text(staple.until);
    if (!early && end == nullptr && origin.endless.count() > 0) {
        staple.text += ", and was made on " + certs::to_text(begin);
    }
    return staple;
}

}  // namespace

Staple look_at_answer(
    certs::ByteView der, X509* certificate, X509* issuer, Staple::Time now,
    const AnswerOrigin& origin
) {
    const unsigned char* data = der.data();
    const ResponseHandle response{d2i_OCSP_RESPONSE(nullptr, &data, static_cast<long>(der.size()))};
    if (!response) return unusable(origin, "cannot be read");
    const int status = OCSP_response_status(response.get());
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return unusable(origin, std::string{"says \""} + OCSP_response_status_str(status) + '"');
    }
    const BasicHandle answer{OCSP_response_get1_basic(response.get())};
    if (!answer) return unusable(origin, "cannot be read");
    OCSP_SINGLERESP* const single = find_single(*answer, certificate, issuer);
    if (single == nullptr) return unusable(origin, "is about another certificate");
    if (!is_of_issuer(*answer, issuer)) {
        return unusable(origin, "is not signed by the certificate's authority");
    }
    Staple staple = read_single(single, now, origin);
    certs::drain_openssl_errors();
    return staple;
}

Staple look_at_staple(certs::ByteView der, X509* leaf, X509* issuer, Staple::Time now) {
    if (!der.empty()) return look_at_answer(der, leaf, issuer, now, {kStapled});
    Staple staple;
    staple.text = "the server sent no OCSP answer";
    return staple;
}

RevocationVerdict with_staple(RevocationVerdict known, const Staple& staple, bool must_staple) {
    switch (staple.status) {
        case Staple::Status::revoked:
            known.error = X509_V_ERR_CERT_REVOKED;
            known.objection.source = kStapled;
            known.objection.since = staple.since;
            known.objection.reason = staple.reason;
            return known;
        case Staple::Status::good:
            // What was known without it stands as long as it stood.
            if (known.is_open()) known.known_until = std::min(known.known_until, staple.until);
            known.error = X509_V_OK;
            return known;
        case Staple::Status::none:
        case Staple::Status::unusable:
        case Staple::Status::unknown:
        case Staple::Status::stale:
            break;
    }
    if (must_staple) known.error = X509_V_ERR_OCSP_VERIFY_NEEDED;
    if (known.error != X509_V_OK) known.objection.answer = staple.text;
    return known;
}

bool is_must_staple(const X509* certificate) {
    const FeatureHandle features{
        static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr))};
    certs::drain_openssl_errors();
    for (int i = 0; features && i < sk_ASN1_INTEGER_num(features.get()); ++i) {
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == kStatusRequest) {
            return true;
        }
    }
    return false;
}

}  // namespace countersign::proxy::tls
