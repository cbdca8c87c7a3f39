#include "proxy/tls/offer.hpp"

#include <openssl/crypto.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"
#include "profiles/nearest_word.hpp"
#include "proxy/tls/library_context.hpp"
#include "proxy/tls/own_signature.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::in_quotes;
void free_stack(STACK_OF(SSL_CIPHER) * ciphers) { sk_SSL_CIPHER_free(ciphers); }
using CipherStack = certs::OpensslHandle<STACK_OF(SSL_CIPHER), free_stack>;

/// As OpenSSL takes a list.
std::string with_colons(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ":") + name;
    return list;
}

bool is_of_tls_1_3(const SSL_CIPHER* cipher) {
    return std::string_view{SSL_CIPHER_get_version(cipher)} == "TLSv1.3";
}

/// Without encryption, or without a proof of who the server is.
bool is_hollow(const SSL_CIPHER* cipher) {
    return SSL_CIPHER_get_auth_nid(cipher) == NID_auth_null ||
           SSL_CIPHER_get_cipher_nid(cipher) == NID_undef;
}

/// The cipher suites that this OpenSSL has, whatever its security level.
class CipherSuites {
public:
    CipherSuites() : context_{SSL_CTX_new_ex(library_context(), nullptr, TLS_client_method())} {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_cipher_list(context_.get(), "ALL:COMPLEMENTOFALL");
        SSL_CTX_set_ciphersuites(
            context_.get(),
            "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
            "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
        );
    }

    const SSL_CIPHER* find(std::string_view name) const {
        for (int i = 0; i < sk_SSL_CIPHER_num(all()); ++i) {
            const SSL_CIPHER* const one = sk_SSL_CIPHER_value(all(), i);
            const char* const standard = SSL_CIPHER_standard_name(one);
            if (name == SSL_CIPHER_get_name(one) || (standard != nullptr && name == standard))
                return one;
        }
        return nullptr;
    }

    /// Of the same TLS version, and not hollow.
    std::vector<std::string_view> names(bool of_tls_1_3) const {
        std::vector<std::string_view> names;
        for (int i = 0; i < sk_SSL_CIPHER_num(all()); ++i) {
            const SSL_CIPHER* const one = sk_SSL_CIPHER_value(all(), i);
            if (is_of_tls_1_3(one) != of_tls_1_3 || is_hollow(one)) continue;
            names.emplace_back(SSL_CIPHER_get_name(one));
        }
        return names;
    }

private:
    const STACK_OF(SSL_CIPHER) * all() const { return SSL_CTX_get_ciphers(context_.get()); }

    certs::SslContextHandle context_;
};

std::string library() { return std::string{"OpenSSL "} + OpenSSL_version(OPENSSL_VERSION_STRING); }

/// What is wrong with one name of `key`; empty: nothing.
std::string fault_of(
    const CipherSuites& known, std::string_view key, const std::string& name, bool of_tls_1_3
) {
    const std::string where = std::string{key} + ": ";
    const std::string version = of_tls_1_3 ? "TLS 1.3" : "TLS 1.2";
    const SSL_CIPHER* const found = known.find(name);
    if (found == nullptr) {
        const auto names = known.names(of_tls_1_3);
        const std::string_view near = profiles::nearest_word(name, names);
        return where + library() + " has no cipher suite of " + version + " that is named " +
               in_quotes(name) + (near.empty() ? "" : "; did you mean " + in_quotes(near) + "?");
    }
    if (is_of_tls_1_3(found) != of_tls_1_3) {
        return where + in_quotes(name) + " is a cipher suite of " +
               (of_tls_1_3 ? "TLS 1.2, which stands under ciphers"
                           : "TLS 1.3, which stands under cipher_suites");
    }
    if (is_hollow(found)) {
        return where + in_quotes(name) +
               (SSL_CIPHER_get_auth_nid(found) == NID_auth_null
                    ? " does not prove who the server is"
                    : " does not encrypt") +
               ", and is never offered";
    }
    return {};
}

/// Of a list that is set, the first that OpenSSL then does not offer.
std::string not_offered(
    SSL_CTX& context, const CipherSuites& known, const std::vector<std::string>& names,
    std::string_view key
) {
    const certs::SslHandle connection{SSL_new(&context)};
    const CipherStack offered{SSL_get1_supported_ciphers(connection.get())};
    for (const std::string& name : names) {
        const SSL_CIPHER* const wanted = known.find(name);
        bool is_there = false;
        for (int i = 0; i < sk_SSL_CIPHER_num(offered.get()); ++i) {
            const SSL_CIPHER* const one = sk_SSL_CIPHER_value(offered.get(), i);
            is_there = is_there || SSL_CIPHER_get_id(one) == SSL_CIPHER_get_id(wanted);
        }
        if (is_there) continue;
        return std::string{key} + ": " + library() + " does not offer " + in_quotes(name) +
               ": it is too weak for its security level (" +
               std::to_string(SSL_CTX_get_security_level(&context)) + "), or switched off";
    }
    return {};
}

/// Has TLS 1.3 begin with AES-128, as browsers and Mozilla's guidelines do, where OpenSSL has its
/// three suites in its own order. That begins with AES-256, and so with SHA-384, for which most x86
/// processors have no instructions, as they have for SHA-256: a resumed handshake costs some 5 %
/// more with it. A configuration of OpenSSL with that very order cannot be told from none.
void prefer_aes_128(SSL_CTX& context) {
    static constexpr std::string_view kOpenSslHas =
        ":TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
    const STACK_OF(SSL_CIPHER)* const all = SSL_CTX_get_ciphers(&context);
    std::string names;
    for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i) {
        const SSL_CIPHER* const one = sk_SSL_CIPHER_value(all, i);
        if (!is_of_tls_1_3(one)) break;  // they come first
        names += ':';
        names += SSL_CIPHER_get_name(one);
    }
    if (names != kOpenSslHas) return;
    SSL_CTX_set_ciphersuites(
        &context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    );
    certs::drain_openssl_errors();
}

std::string apply_ciphers(SSL_CTX& context, const profiles::TlsOffer& offer) {
    if (offer.cipher_suites.empty()) prefer_aes_128(context);
    if (offer.cipher_suites.empty() && offer.ciphers.empty()) return {};
    const CipherSuites known;
    for (const bool of_tls_1_3 : {true, false}) {
        const auto& names = of_tls_1_3 ? offer.cipher_suites : offer.ciphers;
        const std::string_view key = of_tls_1_3 ? "tls.cipher_suites" : "tls.ciphers";
        if (names.empty()) continue;
        std::vector<std::string> as_openssl_has_them;
        for (const std::string& name : names) {
            std::string objection = fault_of(known, key, name, of_tls_1_3);
            if (!objection.empty()) return objection;
            as_openssl_has_them.emplace_back(SSL_CIPHER_get_name(known.find(name)));
        }
        const std::string list = with_colons(as_openssl_has_them);
        of_tls_1_3 ? SSL_CTX_set_ciphersuites(&context, list.c_str())
                   : SSL_CTX_set_cipher_list(&context, list.c_str());
        std::string objection = not_offered(context, known, names, key);
        if (!objection.empty()) return objection;
    }
    return {};
}

/// Names of one kind, each tried by itself: OpenSSL does not say which of a list it does not know.
template <class Set>
std::string apply_names(
    SSL_CTX& context, const std::vector<std::string>& names, std::string_view key,
    std::string_view kind, std::string_view examples, Set set
) {
    for (const std::string& name : names) {
        if (set(&context, name.c_str()) == 1) continue;
        certs::drain_openssl_errors();
        std::string wrong{key};
        wrong += ": " + library() + " has no ";
        wrong += kind;
        wrong += " that is named " + in_quotes(name) + "; there are ";
        return wrong += examples;
    }
    if (names.empty() || set(&context, with_colons(names).c_str()) == 1) return {};
    certs::drain_openssl_errors();
    std::string wrong{key};
    wrong += ": two of them are names of one ";
    wrong += kind;
    return wrong += "; remove one of these";
}

/// What makes the whole offer useless. Whether a handshake comes to its first message: not all that
/// is named alone goes together: a group that TLS 1.3 does not have, say, where no other version is
/// offered. And whether the context's own key goes with what that message has.
std::string cannot_serve(SSL_CTX& context, const profiles::TlsOffer& offer) {
    const certs::SslHandle connection{SSL_new(&context)};
    certs::BioHandle in{BIO_new(BIO_s_mem())};
    certs::BioHandle out{BIO_new(BIO_s_mem())};
    if (!connection || !in || !out) return {};
    BIO* const written = out.get();
    SSL_set_bio(connection.get(), in.release(), out.release());
    if (const int done = SSL_connect(connection.get());
        SSL_get_error(connection.get(), done) == SSL_ERROR_WANT_READ) {
        char* hello = nullptr;
        const auto size = static_cast<std::size_t>(BIO_get_mem_data(written, &hello));
        return makes_no_signature(context, {hello, size});
    }
    const std::string said = certs::drain_openssl_errors();
    std::string wrong = "tls: no handshake can begin with these " +
                        certs::enumerated(offer.limits(), "and") + " (OpenSSL: ";
    wrong += said.substr(0, said.find("; "));  // what follows it is of no use
    wrong += "); name more of them";
    const auto blames = [&](std::string_view what) { return said.find(what) != said.npos; };
    if (blames("groups") && SSL_CTX_get_max_proto_version(&context) != TLS1_2_VERSION) {
        wrong += "; TLS 1.3 has fewer than TLS 1.2, which is offered alone by max_version: \"1.2\"";
    }
    const auto is_sha1 = [](const std::string& name) {
        return certs::in_lower_case(name).ends_with("sha1");
    };
    if (blames("signature algorithm") && std::ranges::any_of(offer.signature_algorithms, is_sha1)) {
        wrong += "; those with SHA-1 are offered by danger_sha1: true";
    }
    return wrong;
}

}  // namespace

std::string apply_offer(SSL_CTX& context, const profiles::TlsOffer& offer) {
    // RFC 7301 3.1: a list of length-prefixed names.
    static constexpr unsigned char kAlpn[] = "\x08http/1.1";
    if (offer.alpn) SSL_CTX_set_alpn_protos(&context, kAlpn, sizeof kAlpn - 1);
    if (std::string wrong = apply_ciphers(context, offer); !wrong.empty()) return wrong;
    const auto set_groups = [](SSL_CTX* to, const char* list) {
        return static_cast<int>(SSL_CTX_set1_groups_list(to, list));
    };
    const auto set_signatures = [](SSL_CTX* to, const char* list) {
        return static_cast<int>(SSL_CTX_set1_sigalgs_list(to, list));
    };
    std::string wrong = apply_names(
        context, offer.groups, "tls.groups", "group for a key exchange",
        "X25519, P-256 and P-384, among others", set_groups
    );
    if (!wrong.empty()) return wrong;
    wrong = apply_names(
        context, offer.signature_algorithms, "tls.signature_algorithms", "signature algorithm",
        "ECDSA+SHA256, RSA-PSS+SHA256 and ed25519, among others", set_signatures
    );
    if (!wrong.empty() || offer.limits().empty()) return wrong;
    return cannot_serve(context, offer);
}

std::string versions_text(const profiles::TlsRules& rules) {
    const bool old = rules.dangers.has(profiles::Danger::tls10);
    std::string text = "TLS ";
    text += old ? "1.0" : certs::word_for(profiles::kTlsVersions, rules.min_version);
    if (!old && rules.min_version == rules.max_version) return text;
    text += " to ";
    return text += certs::word_for(profiles::kTlsVersions, rules.max_version);
}

}  // namespace countersign::proxy::tls
