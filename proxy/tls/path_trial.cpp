#include "proxy/tls/path_trial.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <utility>

#include "proxy/tls/library_context.hpp"

namespace countersign::proxy::tls {

namespace {

using TermsHandle = certs::OpensslHandle<X509_VERIFY_PARAM, X509_VERIFY_PARAM_free>;

}  // namespace

PathTrial::PathTrial(X509_STORE_CTX& failed, const std::vector<X509*>& path)
    : between_{sk_X509_new_null()},
      trusted_{sk_X509_new_null()},
      context_{X509_STORE_CTX_new_ex(library_context(), nullptr)} {
    if (!prepare(failed, path)) context_.reset();
}

bool PathTrial::prepare(X509_STORE_CTX& failed, const std::vector<X509*>& path) {
    TermsHandle terms{X509_VERIFY_PARAM_new()};
    if (!between_ || !trusted_ || !context_ || !terms) return false;
    for (std::size_t i = 1; i + 1 < path.size(); ++i) {
        if (sk_X509_push(between_.get(), path[i]) <= 0) return false;
    }
    if (sk_X509_push(trusted_.get(), path.back()) <= 0) return false;
    X509_STORE_CTX* const context = context_.get();
    X509_STORE* const store = X509_STORE_CTX_get0_store(&failed);
    if (X509_STORE_CTX_init(context, store, path.front(), between_.get()) != 1 ||
        X509_VERIFY_PARAM_set1(terms.get(), X509_STORE_CTX_get0_param(&failed)) != 1) {
        return false;
    }
    // The whole path, and no short cut where the trusted one could have signed lower down, too.
    X509_VERIFY_PARAM_clear_flags(terms.get(), X509_V_FLAG_TRUSTED_FIRST);
    X509_STORE_CTX_set0_param(context, terms.release());
    X509_STORE_CTX_set0_trusted_stack(context, trusted_.get());
    X509_STORE_CTX_set_verify_cb(context, X509_STORE_CTX_get_verify_cb(&failed));
    const int connection = SSL_get_ex_data_X509_STORE_CTX_idx();
    return X509_STORE_CTX_set_ex_data(
               context, connection, X509_STORE_CTX_get_ex_data(&failed, connection)
           ) == 1;
}

void PathTrial::hand_over(X509_STORE_CTX& failed) const {
    X509_STORE_CTX* const context = context_.get();
    X509_STORE_CTX_set0_verified_chain(&failed, X509_STORE_CTX_get1_chain(context));
    X509_VERIFY_PARAM_move_peername(
        X509_STORE_CTX_get0_param(&failed), X509_STORE_CTX_get0_param(context)
    );
    X509_STORE_CTX_set_error(&failed, X509_V_OK);
    X509_STORE_CTX_set_error_depth(&failed, 0);
    X509_STORE_CTX_set_current_cert(&failed, X509_STORE_CTX_get0_cert(&failed));
}

bool depends_on_path(int error, int depth) {
    switch (error) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
        case X509_V_ERR_EMAIL_MISMATCH:
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_OUT_OF_MEM:
        case X509_V_ERR_INVALID_CALL:
        case X509_V_ERR_UNSPECIFIED:
        // Somebody has said so of this very certificate.
        case X509_V_ERR_CERT_REJECTED:
            return false;
        case X509_V_ERR_CERT_REVOKED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        case X509_V_ERR_INVALID_PURPOSE:
        case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
            return depth != 0;
        default:
            return true;
    }
}

/// The order in which OpenSSL, and then this program, checks a chain.
int progress_until(int error) {
    switch (error) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        case X509_V_ERR_CERT_UNTRUSTED:
        // Whoever it names as its issuer is not: there was no path.
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return 0;
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return 2;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return 3;
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return 4;
        case X509_V_ERR_PERMITTED_VIOLATION:
        case X509_V_ERR_EXCLUDED_VIOLATION:
            return 5;
        case X509_V_ERR_APPLICATION_VERIFICATION:
        case X509_V_ERR_CERT_REVOKED:
            return 6;
        default:
            return 1;
    }
}

bool is_path(const STACK_OF(X509) * chain, const std::vector<X509*>& path) {
    if (static_cast<std::size_t>(sk_X509_num(chain)) != path.size()) return false;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (X509_cmp(sk_X509_value(chain, static_cast<int>(i)), path[i]) != 0) return false;
    }
    return true;
}

}  // namespace countersign::proxy::tls
