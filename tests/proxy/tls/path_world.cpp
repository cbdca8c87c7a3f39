#include "tests/proxy/tls/path_world.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "certs/trust_store.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/tls/verification.hpp"

namespace countersign::proxy::tls {
namespace {

using tests::Ca;
using tests::CertificateSpec;
using tests::Issued;
using tests::KeyKind;

using Flaw = void (*)(CertificateSpec&);

const std::map<std::string, Flaw, std::less<>> kFlaws{
    {"expired", [](CertificateSpec& spec) { spec.not_after = std::chrono::minutes{-1}; }},
    {"future", [](CertificateSpec& spec) { spec.not_before = std::chrono::minutes{10}; }},
    {"sha1", [](CertificateSpec& spec) { spec.sha1 = true; }},
    {"md5", [](CertificateSpec& spec) { spec.md5 = true; }},
    {"v1", [](CertificateSpec& spec) { spec.version_1 = true; }},
    {"noid", [](CertificateSpec& spec) { spec.key_identifiers = false; }},
    {"not_ca", [](CertificateSpec& spec) { spec.basic_constraints = "critical,CA:FALSE"; }},
    {"no_bc", [](CertificateSpec& spec) { spec.basic_constraints = tests::kNoExtension; }},
    {"plain_bc", [](CertificateSpec& spec) { spec.basic_constraints = "CA:TRUE"; }},
    {"path0", [](CertificateSpec& spec) { spec.basic_constraints = "critical,CA:TRUE,pathlen:0"; }},
    {"path1", [](CertificateSpec& spec) { spec.basic_constraints = "critical,CA:TRUE,pathlen:1"; }},
    {"no_ku", [](CertificateSpec& spec) { spec.key_usage = tests::kNoExtension; }},
    {"no_sign", [](CertificateSpec& spec) { spec.key_usage = "critical,cRLSign"; }},
    {"signs", [](CertificateSpec& spec) { spec.key_usage = "digitalSignature,keyCertSign"; }},
    {"email", [](CertificateSpec& spec) { spec.extended_key_usage = "emailProtection"; }},
    {"client", [](CertificateSpec& spec) { spec.extended_key_usage = "clientAuth"; }},
    {"server", [](CertificateSpec& spec) { spec.extended_key_usage = "serverAuth"; }},
    {"any", [](CertificateSpec& spec) { spec.extended_key_usage = "anyExtendedKeyUsage"; }},
    {"no_eku", [](CertificateSpec& spec) { spec.extended_key_usage = tests::kNoExtension; }},
    {"bad_nc",
     [](CertificateSpec& spec) { spec.name_constraints = "permitted;DNS:other.example"; }},
    {"nc", [](CertificateSpec& spec) { spec.name_constraints = "permitted;DNS:localhost"; }},
    {"critical",
     [](CertificateSpec& spec) {
         spec.extensions = {{"1.2.3.4", "critical,DER:05:00"}};
     }},
    {"unknown",
     [](CertificateSpec& spec) {
         spec.extensions = {{"1.2.3.4", "DER:05:00"}};
     }},
    {"two_bc",
     [](CertificateSpec& spec) {
         spec.extensions = {{"basicConstraints", "CA:TRUE"}};
     }},
    {"two_san",
     [](CertificateSpec& spec) {
         spec.extensions = {{"subjectAltName", "DNS:x.example"}};
     }},
    {"other", [](CertificateSpec&) {}},
    {"another", [](CertificateSpec&) {}},
};

void must(bool done, const char* what) {
    if (!done) throw std::runtime_error{what};
}

std::vector<std::string> words(std::string_view text) {
    std::istringstream in{std::string{text}};
    std::vector<std::string> found;
    for (std::string word; in >> word;) found.push_back(word);
    return found;
}

std::string pem_of(X509* certificate) {
    Issued issued;
    issued.certificate = certs::share(certificate);
    return issued.certificate_pem();
}

/// The server's key is the same in all of its certificates.
EVP_PKEY* server_key() {
    static const certs::PrivateKeyHandle key = tests::make_key();
    return key.get();
}

std::shared_ptr<const TlsContext> context_of(
    const std::string& trusted_pem, const profiles::TlsRules& rules
) {
    TlsContextParts parts;
    parts.rules = rules;
    parts.trust = std::make_shared<const certs::TrustStore>(
        certs::TrustStore::load({certs::TrustInlinePem{trusted_pem, "trusted"}}).value()
    );
    return *TlsContext::make(std::move(parts));
}

certs::SslContextHandle server_context(const std::vector<X509*>& sent) {
    certs::SslContextHandle context{SSL_CTX_new(TLS_server_method())};
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN);
    must(SSL_CTX_use_certificate(context.get(), sent.front()) == 1, "server's certificate");
    must(SSL_CTX_use_PrivateKey(context.get(), server_key()) == 1, "server's key");
    for (std::size_t i = 1; i < sent.size(); ++i) {
        must(SSL_CTX_add1_chain_cert(context.get(), sent[i]) == 1, "server's chain");
    }
    return context;
}

/// What the one has written, the other reads.
void pass(SSL& from, SSL& to) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(&from), &bytes);
    if (size > 0) BIO_write(SSL_get_rbio(&to), bytes, static_cast<int>(size));
    BIO_reset(SSL_get_wbio(&from));
}

certs::SslHandle on_memory(certs::SslHandle ssl) {
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    return ssl;
}

}  // namespace

const Ca& PathWorld::authority(const std::string& id) {
    if (const auto known = authorities_.find(id); known != authorities_.end()) return known->second;
    const std::string name = id.substr(0, id.find('\''));
    const KeyKind kind = id.front() == 'w'   ? KeyKind::rsa_1024
                         : id.front() == 'r' ? KeyKind::rsa_2048
                                             : KeyKind::ec_p256;
    return authorities_.emplace(id, Ca::root(name, kind)).first->second;
}

X509* PathWorld::certificate(const std::string& text) {
    if (const auto known = certificates_.find(text); known != certificates_.end()) {
        return known->second.get();
    }
    const std::string pair = text.substr(0, text.find(':'));
    const std::string subject = pair.substr(0, pair.find('<'));
    const std::string issuer = pair.substr(pair.find('<') + 1);
    CertificateSpec spec;
    spec.ca = subject != "S";
    spec.server_auth = !spec.ca;
    for (std::size_t at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
        const std::string flaw = text.substr(at + 1, text.find(':', at + 1) - at - 1);
        kFlaws.at(flaw)(spec);
    }
    certs::X509Handle made;
    if (spec.ca) {
        made = authority(issuer).cross_sign(authority(subject), spec);
    } else {
        spec.common_name = "S";
        spec.dns_names = {"localhost"};
        made = issuer == "S" ? Ca::self_signed(spec, server_key()).certificate
                             : authority(issuer).issue(spec, server_key()).certificate;
    }
    return certificates_.emplace(text, std::move(made)).first->second.get();
}

profiles::Pin PathWorld::pin_of(const std::string& text) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate(text)), &der);
    profiles::Pin pin;
    EVP_Digest(der, static_cast<std::size_t>(size), pin.data(), nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    return pin;
}

std::string PathWorld::text_of(const STACK_OF(X509) * chain) const {
    std::string text;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        for (const auto& [name, one] : certificates_) {
            if (X509_cmp(one.get(), sk_X509_value(chain, i)) != 0) continue;
            text.append(text.empty() ? "" : " ").append(name);
        }
    }
    return text;
}

std::string PathWorld::verdict(
    std::string_view sent, std::string_view trusted, const profiles::TlsRules& rules
) {
    std::vector<X509*> chain;
    for (const std::string& text : words(sent)) chain.push_back(certificate(text));
    std::string pem;
    for (const std::string& text : words(trusted)) pem += pem_of(certificate(text));
    return verdict(chain, pem, rules);
}

std::string PathWorld::verdict(
    const std::vector<X509*>& sent, const std::string& trusted_pem, const profiles::TlsRules& rules
) {
    const auto context = context_of(trusted_pem, rules);
    const auto shown = server_context(sent);
    const certs::SslHandle client = on_memory(context->new_ssl());
    const certs::SslHandle server = on_memory(certs::SslHandle{SSL_new(shown.get())});
    Verification verification{context->rules(), nullptr, nullptr};
    verification.watch(*client);
    SSL_set1_host(client.get(), "localhost");
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
    ERR_clear_error();
    for (int step = 0; step < 4; ++step) {
        SSL_do_handshake(client.get());
        pass(*client, *server);
        SSL_do_handshake(server.get());
        pass(*server, *client);
    }
    if (SSL_is_init_finished(client.get()) == 1) {
        const STACK_OF(X509)* const chain = SSL_get0_verified_chain(client.get());
        must(SSL_get_verify_result(client.get()) == X509_V_OK, "accepted with an error");
        must(ERR_peek_error() == 0, "an error left behind");
        return text_of(chain);
    }
    const TlsFailure failure = verification.take_failure();
    const auto* const refused = std::get_if<CertificateRefused>(&failure.cause);
    must(refused != nullptr, "no handshake at all");
    const long found = SSL_get_verify_result(client.get());
    const bool more_exactly =
        found == X509_V_ERR_INVALID_CA && refused->error == X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
    must(found == refused->error || more_exactly, "another error told than found");
    return refused->text + ": " + refused->subject;
}

}  // namespace countersign::proxy::tls
