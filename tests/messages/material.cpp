#include "tests/messages/material.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace countersign::tests {

namespace {

constexpr std::string_view kPassword = "changeit";

CertificateSpec server_spec() {
    return {
        .common_name = "server",
        .dns_names = {"localhost"},
        .ip_addresses = {"127.0.0.1"},
        .server_auth = true};
}

std::string request_pem(const Issued& owner) {
    const certs::OpensslHandle<X509_REQ, X509_REQ_free> request{X509_REQ_new()};
    X509_REQ_set_pubkey(request.get(), owner.key.get());
    X509_REQ_sign(request.get(), owner.key.get(), EVP_sha256());
    const certs::OpensslHandle<BIO, BIO_free_all> out{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509_REQ(out.get(), request.get());
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Material::Material()
    : root_{Ca::root("Partner Root")}, issuer_{root_.intermediate("Partner Issuing")} {
    const Issued alice = issuer_.issue({.common_name = "alice", .client_auth = true});
    const Issued bob = issuer_.issue({.common_name = "bob", .client_auth = true});
    const Issued old = issuer_.issue(
        {.common_name = "old",
         .not_before = std::chrono::hours{-48},
         .not_after = std::chrono::hours{-24},
         .client_auth = true}
    );
    const Issued web =
        issuer_.issue({.common_name = "web", .dns_names = {"web.example"}, .server_auth = true});
    files_.write("alice.crt", alice.certificate_pem());
    files_.write("alice.key", alice.key_pem());
    files_.write("alice.pem", alice.chain_pem() + alice.key_pem());
    files_.write("alone.pem", alice.certificate_pem() + alice.key_pem());
    files_.write("alice.p12", alice.pkcs12(kPassword, "alice"));
    files_.write("alice.csr", request_pem(alice));
    files_.write("alice-sealed.pem", alice.chain_pem() + alice.key_pem(kPassword));
    files_.write("bob.key", bob.key_pem());
    files_.write("bob.pem", bob.chain_pem() + bob.key_pem());
    files_.write("old.pem", old.chain_pem() + old.key_pem());
    files_.write("web.pem", web.chain_pem() + web.key_pem());
    files_.write("issuing.crt", issuer_.certificate_pem());
    files_.write("root.crt", root_.certificate_pem());
    files_.write("others.crt", Ca::root("Others").certificate_pem());
    files_.write("right.password", std::string{kPassword} + "\n");
    files_.write("wrong.password", "chamgeit\n");
    for (const char* secret :
         {"alice.key", "alice.pem", "alone.pem", "alice.p12", "alice-sealed.pem", "bob.key",
          "bob.pem", "old.pem", "web.pem", "right.password", "wrong.password"}) {
        std::filesystem::permissions(
            files_ / secret,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
        );
    }
}

ScriptedServer::Options Material::options_of(const std::string& name) const {
    if (name == "no TLS") return {};
    CertificateSpec spec = server_spec();
    if (name == "expired") {
        spec.not_before = std::chrono::hours{-48};
        spec.not_after = std::chrono::hours{-24};
    } else if (name == "not yet valid") {
        spec.not_before = std::chrono::hours{24};
        spec.not_after = std::chrono::hours{48};
    } else if (name == "another name") {
        spec.dns_names = {"web.example"};
        spec.ip_addresses = {};
    } else if (name == "no names") {
        spec.dns_names = {};
        spec.ip_addresses = {};
    }
    const Issued server = name == "self-signed" ? Ca::self_signed(spec) : issuer_.issue(spec);
    ScriptedServer::Options options;
    options.certificate = files_.write(
        "server.pem", name == "no intermediate" ? server.certificate_pem() : server.chain_pem()
    );
    options.key = files_.write("server.key", server.key_pem());
    if (name == "demands") options.client_ca = files_ / "root.crt";
    if (name == "demands others") options.client_ca = files_ / "others.crt";
    if (name == "TLS 1.2 demands others") {
        options.client_ca = files_ / "others.crt";
        options.max_version = TLS1_2_VERSION;
    }
    if (name == "demands RSA") {
        options.client_ca = files_ / "root.crt";
        options.client_signatures = "RSA-PSS+SHA256";
    }
    if (name == "TLS 1.3 only") options.min_version = TLS1_3_VERSION;
    if (name == "silent in TLS") options.shakes_hands_with = 0;
    return options;
}

std::unique_ptr<ScriptedServer> Material::server(const std::string& name) const {
    return std::make_unique<ScriptedServer>(options_of(name), [name](Peer& peer) {
        // What speaks no TLS takes a ClientHello for a bad request.
        const std::string request = name == "no TLS" ? peer.read_some() : peer.read_request();
        if (name == "no TLS") {
            peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        } else if (name == "says nothing") {
            peer.read_request();
        } else if (name == "no HTTP") {
            peer.write("220 mail.example ESMTP\r\n");
        } else if (name == "breaks off") {
            peer.write("HTTP/1.1 200 OK\r\nContent-Le");
            peer.close_without_notice();
        } else if (name != "closes") {
            peer.write(ok("fine"));
        }
    });
}

}  // namespace countersign::tests
