#include "proxy/tls/library_context.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <string_view>
#include <vector>

#include "proxy/tls/dispatch_entry.hpp"
#include "proxy/tls/key_schedule.hpp"

namespace countersign::proxy::tls {

namespace {

/// OpenSSL's own provider in the default context: it does the work, ours only says less.
OSSL_PROVIDER* g_default_provider = nullptr;

/// What TLS and the certificates in it can need of one kind of operation.
struct Selection {
    int operation;
    std::initializer_list<std::string_view> names;  ///< the first one that the provider gives it
    std::string_view properties = {};               ///< that it must have
};

const std::initializer_list<Selection> kSelections{
    {OSSL_OP_CIPHER,
     {"AES-128-GCM", "AES-256-GCM", "AES-128-CCM", "AES-256-CCM", "AES-128-CBC", "AES-256-CBC",
      "AES-128-CBC-HMAC-SHA1", "AES-256-CBC-HMAC-SHA1", "AES-128-CBC-HMAC-SHA256",
      "AES-256-CBC-HMAC-SHA256", "AES-128-CTR", "AES-192-CTR", "AES-256-CTR", "ARIA-128-GCM",
      "ARIA-256-GCM", "CAMELLIA-128-CBC", "CAMELLIA-256-CBC", "ChaCha20-Poly1305", "NULL"}},
    {OSSL_OP_MAC, {"HMAC"}},
    {OSSL_OP_KDF, {"HKDF", "TLS13-KDF", "TLS1-PRF"}},
    {OSSL_OP_RAND, {"CTR-DRBG", "HASH-DRBG", "HMAC-DRBG", "SEED-SRC"}},
    {OSSL_OP_KEYMGMT,
     {"RSA", "RSA-PSS", "EC", "X25519", "X448", "ED25519", "ED448", "DH", "DHX", "HKDF", "TLS1-PRF",
      "HMAC"}},
    {OSSL_OP_KEYEXCH, {"X25519", "X448", "ECDH", "DH", "HKDF", "TLS1-PRF"}},
    {OSSL_OP_SIGNATURE, {"RSA", "ECDSA", "ED25519", "ED448", "HMAC"}},
    {OSSL_OP_ASYM_CIPHER, {"RSA"}},
    // Of forty decoders the five that read a certificate's public key.
    {OSSL_OP_DECODER,
     {"RSA", "RSA-PSS", "EC", "ED25519", "ED448"},
     "input=der,structure=SubjectPublicKeyInfo"},
};

std::vector<OSSL_ALGORITHM> select(const Selection& selection, int& no_cache) {
    std::vector<OSSL_ALGORITHM> kept;
    const OSSL_ALGORITHM* one =
        OSSL_PROVIDER_query_operation(g_default_provider, selection.operation, &no_cache);
    for (; one != nullptr && one->algorithm_names != nullptr; ++one) {
        // "RSA:rsaEncryption:1.2.840.113549.1.1.1"
        const std::string_view names{one->algorithm_names};
        const std::string_view properties{one->property_definition};
        const auto& wanted = selection.names;
        if (std::find(wanted.begin(), wanted.end(), names.substr(0, names.find(':'))) !=
                wanted.end() &&
            properties.find(selection.properties) != std::string_view::npos) {
            kept.push_back(*one);
            if (names.starts_with("TLS13-KDF")) kept.back().implementation = key_schedule();
        }
    }
    kept.push_back({});  // the end
    return kept;
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
    static int never_cached = 0;
    static const std::map<int, std::vector<OSSL_ALGORITHM>> selected = [] {
        std::map<int, std::vector<OSSL_ALGORITHM>> made;
        for (const Selection& one : kSelections) made[one.operation] = select(one, never_cached);
        return made;
    }();
    *no_cache = never_cached;
    if (operation == OSSL_OP_DIGEST) {
        return OSSL_PROVIDER_query_operation(g_default_provider, operation, no_cache);
    }
    const auto at = selected.find(operation);
    return at == selected.end() ? nullptr : at->second.data();
}

/// Groups and signature algorithms of TLS.
int capabilities(void*, const char* capability, OSSL_CALLBACK* callback, void* argument) {
    return OSSL_PROVIDER_get_capabilities(g_default_provider, capability, callback, argument);
}

const OSSL_PARAM* gettable_parameters(void*) {
    static const OSSL_PARAM none = OSSL_PARAM_END;
    return &none;
}

void tear_down(void*) {}

int start_provider(
    const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions, void** context
) {
    static const std::array<OSSL_DISPATCH, 5> table{
        dispatch_entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
        dispatch_entry(OSSL_FUNC_PROVIDER_GET_CAPABILITIES, capabilities),
        dispatch_entry(OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, gettable_parameters),
        dispatch_entry(OSSL_FUNC_PROVIDER_TEARDOWN, tear_down), OSSL_DISPATCH{0, nullptr}};
    *functions = table.data();
    // The functions of the default provider expect its own context.
    *context = OSSL_PROVIDER_get0_provider_ctx(g_default_provider);
    return 1;
}

/// From 3.2 on OpenSSL remembers what it has looked up, and it learns new groups and keys, which
/// the selection above does not know.
bool is_worth_while() { return OPENSSL_version_major() == 3 && OPENSSL_version_minor() < 2; }

/// Whether the default provider is the only one that is active, as it is without a configuration.
bool nothing_was_configured() {
    // A fetch activates what the configuration, or its absence, says.
    EVP_MD_free(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    const auto is_default = [](OSSL_PROVIDER* provider, void*) -> int {
        return std::string_view{OSSL_PROVIDER_get0_name(provider)} == "default" ? 1 : 0;
    };
    return OSSL_PROVIDER_available(nullptr, "default") == 1 &&
           OSSL_PROVIDER_do_all(nullptr, is_default, nullptr) == 1 &&
           EVP_default_properties_is_fips_enabled(nullptr) == 0;
}

OSSL_LIB_CTX* make() {
    if (!is_worth_while() || !nothing_was_configured()) return nullptr;
    g_default_provider = OSSL_PROVIDER_load(nullptr, "default");
    OSSL_LIB_CTX* const context = g_default_provider == nullptr ? nullptr : OSSL_LIB_CTX_new();
    if (context == nullptr) return nullptr;
    if (OSSL_PROVIDER_add_builtin(context, "countersign-tls", start_provider) == 1 &&
        OSSL_PROVIDER_load(context, "countersign-tls") != nullptr) {
        return context;
    }
    OSSL_LIB_CTX_free(context);
    return nullptr;
}

}  // namespace

OSSL_LIB_CTX* library_context() {
    static OSSL_LIB_CTX* const context = [] {
        OSSL_LIB_CTX* const made = make();
        ERR_clear_error();
        return made;
    }();
    return context;
}

}  // namespace countersign::proxy::tls
