#include "tests/support/scripted_context.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace countersign::tests {
namespace {

/// What OpenSSL derives from a certificate when it is first asked is there before the threads are:
/// it hands this over by atomics that ThreadSanitizer does not see, as the library is not built
/// with it.
void look_at_extensions(SSL_CTX* context) {
    X509_check_purpose(SSL_CTX_get0_certificate(context), -1, 0);
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(context, &chain);
    for (int i = 0; i < sk_X509_num(chain); ++i) X509_check_purpose(sk_X509_value(chain, i), -1, 0);
    const STACK_OF(X509_OBJECT)* const trusted =
        X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));
    for (int i = 0; i < sk_X509_OBJECT_num(trusted); ++i) {
        X509* const certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(trusted, i));
        if (certificate) X509_check_purpose(certificate, -1, 0);
    }
}

/// Oakley's second group (RFC 2409 6.2).
void use_small_group(SSL_CTX& context) {
    using Parameters = certs::OpensslHandle<OSSL_PARAM, OSSL_PARAM_free>;
    using Builder = certs::OpensslHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
    using Maker = certs::OpensslHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
    using Number = certs::OpensslHandle<BIGNUM, BN_free>;
    const Number prime{BN_get_rfc2409_prime_1024(nullptr)};
    const Number generator{BN_new()};
    BN_set_word(generator.get(), 2);
    const Builder builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_P, prime.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_G, generator.get());
    const Parameters parameters{OSSL_PARAM_BLD_to_param(builder.get())};
    const Maker maker{EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr)};
    EVP_PKEY* group = nullptr;
    EVP_PKEY_fromdata_init(maker.get());
    EVP_PKEY_fromdata(maker.get(), &group, EVP_PKEY_KEY_PARAMETERS, parameters.get());
    if (SSL_CTX_set0_tmp_dh_pkey(&context, group) != 1) {
        EVP_PKEY_free(group);
        throw std::runtime_error{"the scripted server cannot have a small group"};
    }
}

int send_staple(SSL* ssl, void* answer) {
    const auto& der = *static_cast<const std::string*>(answer);
    auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(der.data(), der.size()));
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(der.size()));
    return copy != nullptr ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

void staple(SSL_CTX& context, const std::string& der) {
    SSL_CTX_set_tlsext_status_cb(&context, send_staple);
    SSL_CTX_set_tlsext_status_arg(&context, const_cast<std::string*>(&der));
}

certs::SslContextHandle scripted_context(const ScriptedServer::Options& options) {
    certs::SslContextHandle context{SSL_CTX_new(TLS_server_method())};
    if (options.careless) SSL_CTX_set_security_level(context.get(), 0);
    if (!options.ciphers.empty()) {
        SSL_CTX_set_cipher_list(context.get(), options.ciphers.c_str());
    }
    if (options.small_dh) use_small_group(*context);
    const bool ready =
        SSL_CTX_use_certificate_chain_file(context.get(), options.certificate.c_str()) == 1 &&
        SSL_CTX_use_PrivateKey_file(context.get(), options.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_set_min_proto_version(context.get(), options.min_version) == 1 &&
        SSL_CTX_set_max_proto_version(context.get(), options.max_version) == 1;
    if (!ready) throw std::runtime_error{"the scripted server's certificate or key is unusable"};
    static constexpr unsigned char kSessionContext[] = "scripted";
    if (options.session_context) {
        SSL_CTX_set_session_id_context(context.get(), kSessionContext, sizeof kSessionContext);
    }
    if (!options.tickets) {
        SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context.get(), 0);
        SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    }
    if (!options.client_ca.empty()) {
        const char* path = options.client_ca.c_str();
        if (SSL_CTX_load_verify_locations(context.get(), path, nullptr) != 1) {
            throw std::runtime_error{"the scripted server's client CA is unusable"};
        }
        SSL_CTX_set_client_CA_list(context.get(), SSL_load_client_CA_file(path));
        if (!options.asks_late) {
            SSL_CTX_set_verify(
                context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr
            );
        }
    }
    if (options.takes_none) SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (!options.client_signatures.empty() &&
        SSL_CTX_set1_client_sigalgs_list(context.get(), options.client_signatures.c_str()) != 1) {
        throw std::runtime_error{"the scripted server knows no such signatures"};
    }
    look_at_extensions(context.get());
    return context;
}

}  // namespace countersign::tests
