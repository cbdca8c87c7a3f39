#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/openssl_handle.hpp"

namespace countersign::tests {

enum class KeyKind { ec_p256, ec_p384, ec_p521, rsa_2048, rsa_pss_2048, ed25519, ed448, rsa_1024 };

/// What a certificate shall say. The times are relative to now. Neither `client_auth` nor
/// `server_auth`: a certificate without extended key usage.
struct CertificateSpec {
    std::string common_name;
    std::vector<std::string> dns_names = {};
    std::vector<std::string> ip_addresses = {};
    std::vector<std::string> uris = {};
    std::chrono::seconds not_before = std::chrono::hours{-1};
    std::chrono::seconds not_after = std::chrono::hours{24};
    bool ca = false;
    bool client_auth = false;
    bool server_auth = false;
    KeyKind key_kind = KeyKind::ec_p256;
    std::string key_usage = {};  ///< empty: what an authority, or a client and server, needs
    bool sha1 = false;           ///< signed with SHA-1 instead of SHA-256
    /// Of an authority, as OpenSSL's configuration has it: "excluded;DNS:secret.example".
    std::string name_constraints = {};
    std::string crl_point = {};   ///< where its authority says that its list is: "http://…"
    bool must_staple = false;     ///< its server has to bring an OCSP answer
    bool ocsp_signing = false;    ///< it may sign OCSP answers for its authority
    bool key_identifiers = true;  ///< false: only a signature tells authorities of one name apart
    // What only a wrong or strange certificate has. `kNoExtension`: it is left out.
    bool md5 = false;                     ///< signed with MD5
    bool version_1 = false;               ///< without any extension
    std::string basic_constraints = {};   ///< empty: by `ca`
    std::string extended_key_usage = {};  ///< empty: by `client_auth` and `server_auth`
    /// More of them, by name or number: {"1.2.3.4", "critical,DER:05:00"}.
    std::vector<std::pair<std::string, std::string>> extensions = {};
};
inline constexpr const char* kNoExtension = "none";

/// How `Issued::pkcs12` protects what it writes.
enum class Pkcs12Protection {
    modern,  ///< AES-256-CBC with PBES2, MAC with SHA-256: what OpenSSL 3 and Java 17 write
    legacy,  ///< RC2-40 and 3DES, MAC with SHA-1: what Windows and older Java and cert-manager
             ///< write
};

/// A key with its certificate, and the certificates of its issuers: direct issuer first, root last.
struct Issued {
    certs::X509Handle certificate;
    certs::PrivateKeyHandle key;
    std::vector<certs::X509Handle> chain;

    std::string certificate_pem() const;
    std::string certificate_der() const;
    /// The certificate and its intermediates, leaf first, without the root: what a server is
    /// configured with.
    std::string chain_pem() const;
    /// PKCS#8; encrypted with AES-256 where a password is given.
    std::string key_pem(std::string_view password = {}) const;
    /// Key, certificate and the whole chain.
    std::string pkcs12(
        std::string_view password, std::string_view friendly_name,
        Pkcs12Protection protection = Pkcs12Protection::modern
    ) const;
};

/// A throw-away certification authority, made in the test: `Ca::root("Test Root")`, then
/// `root.issue({.common_name = "localhost", .dns_names = {"localhost"}, .server_auth = true})`.
/// What OpenSSL refuses throws std::runtime_error: a test cannot go on without it.
class Ca {
public:
    static Ca root(std::string_view name, KeyKind key_kind = KeyKind::ec_p256);
    static Ca root(const CertificateSpec& spec) { return Ca{self_signed(spec)}; }
    Ca intermediate(std::string_view name, std::string_view name_constraints = {}) const;
    /// An authority below this one that is as it likes.
    Ca intermediate(const CertificateSpec& spec) const { return Ca{issue(spec)}; }
    Issued issue(const CertificateSpec& spec) const;
    /// The same, for a key that exists already: a renewed certificate.
    Issued issue(const CertificateSpec& spec, EVP_PKEY* key) const;
    /// What an authority does with a request, which its key has to have signed: a certificate under
    /// the name that the authority gives.
    Issued issue_for(const std::string& request_pem, const std::string& common_name) const;
    /// A second certificate for another authority's name and key, signed by this one.
    certs::X509Handle cross_sign(const Ca& other) const;
    /// The same as `spec` has it, but for the name. `other` may be this one: it signs itself again.
    certs::X509Handle cross_sign(const Ca& other, CertificateSpec spec) const;
    /// A certificate that signs itself, under nobody.
    static Issued self_signed(const CertificateSpec& spec);
    static Issued self_signed(const CertificateSpec& spec, EVP_PKEY* key);

    const X509* certificate() const { return self_.certificate.get(); }
    EVP_PKEY* key() const { return self_.key.get(); }
    std::string certificate_pem() const { return self_.certificate_pem(); }
    std::string certificate_der() const { return self_.certificate_der(); }

private:
    explicit Ca(Issued self) : self_{std::move(self)} {}

    Issued self_;  ///< the authority's own certificate; its `chain` holds the authorities above
};

certs::PrivateKeyHandle make_key(KeyKind kind = KeyKind::ec_p256);

}  // namespace countersign::tests
