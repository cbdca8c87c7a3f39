#include "certs/chain_trial.hpp"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "certs/lifetime.hpp"
#include "certs/strength.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

using StoreContextHandle = OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;
using StackHandle =
    std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })>;

/// OpenSSL's security level of today's distributions.
constexpr int kLevel = 2;

std::string reason_of(X509_STORE_CTX* context, std::chrono::system_clock::time_point now) {
    X509* const at = X509_STORE_CTX_get_current_cert(context);
    const std::string name = at == nullptr ? "the chain" : in_quotes(subject_of(at));
    const int error = X509_STORE_CTX_get_error(context);
    switch (error) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "the issuer of " + name + ", " + in_quotes(issuer_of(at)) +
                   ", is neither sent nor trusted";
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return name + ", which signs itself, is not trusted";
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return name + " " + standing_text(Lifetime::of(at), now);
        case X509_V_ERR_INVALID_PURPOSE:
            return name + (X509_STORE_CTX_get_error_depth(context) == 0
                               ? " is not for clients (extended key usage clientAuth)"
                               : " may not sign clients' certificates");
        case X509_V_ERR_INVALID_CA:
            return name + " is no authority's (basicConstraints CA:TRUE)";
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            for (const Weakness& each : weaknesses_of(at, true)) return name + " " + each.says;
            break;
        default:
            break;
    }
    return name + ": " + X509_verify_cert_error_string(error);
}

bool verifies(
    const std::vector<X509Handle>& sent, X509_STORE* trust,
    std::chrono::system_clock::time_point now, bool partial, ChainTrial& trial
) {
    const StackHandle others{sk_X509_new_null()};
    for (const X509Handle& each : sent) sk_X509_push(others.get(), each.get());
    const StoreContextHandle context{X509_STORE_CTX_new()};
    X509_STORE_CTX* const raw = context.get();
    if (X509_STORE_CTX_init(raw, trust, sent.front().get(), others.get()) != 1) return false;
    X509_STORE_CTX_set_default(raw, "ssl_client");
    X509_VERIFY_PARAM* const terms = X509_STORE_CTX_get0_param(raw);
    X509_VERIFY_PARAM_set_auth_level(terms, kLevel);
    X509_VERIFY_PARAM_set_time(terms, std::chrono::system_clock::to_time_t(now));
    if (partial) {
        X509_VERIFY_PARAM_set_flags(terms, X509_V_FLAG_PARTIAL_CHAIN);
    } else {
        X509_VERIFY_PARAM_clear_flags(terms, X509_V_FLAG_PARTIAL_CHAIN);
    }
    const bool verified = X509_verify_cert(raw) == 1;
    trial.reason = verified ? std::string{} : reason_of(raw, now);
    trial.chain.clear();
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(raw);
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        trial.chain.push_back(subject_of(sk_X509_value(chain, i)));
    }
    drain_openssl_errors();
    return verified;
}

}  // namespace

ChainTrial try_chain(
    const std::vector<X509Handle>& sent, X509_STORE* trust,
    std::chrono::system_clock::time_point now
) {
    ChainTrial trial;
    trial.accepted = verifies(sent, trust, now, false, trial);
    if (trial.accepted) return trial;
    ChainTrial lenient;
    lenient.wants_root = verifies(sent, trust, now, true, lenient);
    if (!lenient.wants_root) return trial;
    lenient.accepted = true;
    return lenient;
}

}  // namespace countersign::certs
