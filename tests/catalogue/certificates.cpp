#include "tests/catalogue/certificates.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string_view>

#include "tests/support/scripted_server.hpp"

namespace countersign::tests {

namespace {

using std::chrono::hours;

CertificateSpec of_server() {
    return {
        .common_name = "server",
        .dns_names = {"localhost"},
        .ip_addresses = {"127.0.0.1"},
        .server_auth = true};
}

struct Leaf {
    std::string_view name;
    void (*change)(CertificateSpec&);
};
/// Of the partner's issuing authority.
const Leaf kLeaves[] = {
    {"good", [](CertificateSpec&) {}},
    {"RSA", [](CertificateSpec& spec) { spec.key_kind = KeyKind::rsa_2048; }},
    {"expired",
     [](CertificateSpec& spec) {
         spec.not_before = hours{-48};
         spec.not_after = hours{-24};
     }},
    {"not yet valid",
     [](CertificateSpec& spec) {
         spec.not_before = hours{24};
         spec.not_after = hours{48};
     }},
    {"another host's",
     [](CertificateSpec& spec) {
         spec.dns_names = {"web.example"};
         spec.ip_addresses = {};
     }},
    {"address as a name",
     [](CertificateSpec& spec) {
         spec.dns_names = {"127.0.0.1"};
         spec.ip_addresses = {};
     }},
    {"common name only",
     [](CertificateSpec& spec) {
         spec.common_name = "localhost";
         spec.dns_names = {};
         spec.ip_addresses = {};
     }},
    {"wildcard", [](CertificateSpec& spec) { spec.dns_names = {"*.partner.localhost"}; }},
    {"client's",
     [](CertificateSpec& spec) {
         spec.server_auth = false;
         spec.client_auth = true;
     }},
    {"RSA 1024", [](CertificateSpec& spec) { spec.key_kind = KeyKind::rsa_1024; }},
    {"SHA-1", [](CertificateSpec& spec) { spec.sha1 = true; }},
    {"old",
     [](CertificateSpec& spec) {
         spec.sha1 = true;
         spec.key_kind = KeyKind::rsa_1024;
     }},
};

struct Authority {
    std::string_view name;
    CertificateSpec spec;  ///< of the authority between the leaf and the issuing one
};
const Authority kAuthorities[] = {
    {"not an authority", {.common_name = "No Authority", .ca = false}},
    {"no signing of certificates",
     {.common_name = "No Signer", .ca = true, .key_usage = "critical,digitalSignature"}},
    {"authority for clients", {.common_name = "Clients' Issuing", .ca = true, .client_auth = true}},
    {"expired authority",
     {.common_name = "Old Issuing", .not_before = hours{-48}, .not_after = hours{-24}, .ca = true}},
    {"weak authority", {.common_name = "Weak Issuing", .ca = true, .key_kind = KeyKind::rsa_1024}},
    {"other hosts' authority",
     {.common_name = "Web Issuing", .ca = true, .name_constraints = "permitted;DNS:web.example"}},
    {"excluding authority",
     {.common_name = "Elsewhere Issuing",
      .ca = true,
      .name_constraints = "excluded;DNS:localhost"}},
};

std::string repeated(const Issued& one, std::size_t kib) {
    const std::string pem = one.certificate_pem();
    const std::size_t size = one.certificate_der().size();
    std::string all;
    for (std::size_t sent = 0; sent + size < kib * 1024; sent += size) all += pem;
    return all;
}

}  // namespace

Certificates::Certificates(const std::string& server, const std::string& key_store) {
    files_.write("root.crt", root_.certificate_pem());
    files_.write("issuing.crt", issuer_.certificate_pem());
    files_.write("others.crt", others_.certificate_pem());
    std::string many = root_.certificate_pem();
    constexpr int kMany = 40;
    for (int i = 1; i < kMany; ++i) {
        many += Ca::root("Authority " + std::to_string(i)).certificate_pem();
    }
    files_.write("many.crt", many);
    make_server(server);
    if (key_store != "none") make_identity(key_store);
}

std::string Certificates::chain_of(const Issued& server) {
    return server.chain_pem().substr(server.certificate_pem().size());
}

void Certificates::write_server(const Issued& server, const std::string& chain) const {
    files_.write("server.crt", server.certificate_pem());
    files_.write("server.chain", chain);
    files_.write("server.pem", server.certificate_pem() + chain);
    files_.write("server.key", server.key_pem());
    files_.write("server.all", server.certificate_pem() + chain + server.key_pem());
}

void Certificates::make_server(const std::string& name) {
    for (const Leaf& leaf : kLeaves) {
        if (name != leaf.name) continue;
        CertificateSpec spec = of_server();
        leaf.change(spec);
        return write_server(issuer_.issue(spec));
    }
    for (const Authority& one : kAuthorities) {
        if (name == one.name)
            return write_server(issuer_.intermediate(one.spec).issue(of_server()));
    }
    make_chain(name);
}

/// What is odd about it is not one certificate alone.
void Certificates::make_chain(const std::string& name) {
    const Issued good = issuer_.issue(of_server());
    const std::string whole = chain_of(good);
    if (name == "self-signed") {
        const Issued itself = Ca::self_signed(of_server());
        files_.write("itself.crt", itself.certificate_pem());
        return write_server(itself, "");
    }
    if (name == "others'")
        return write_server(others_.intermediate("Others' Issuing").issue(of_server()));
    if (name == "without its authority") return write_server(good, "");
    if (name == "with its root") return write_server(good, whole + root_.certificate_pem());
    if (name == "with strangers") {
        return write_server(good, others_.certificate_pem() + whole + others_.certificate_pem());
    }
    if (name == "twice") return write_server(good, good.certificate_pem() + whole);
    if (name == "240 KiB" || name == "260 KiB") {
        const Issued filler = Ca::self_signed({.common_name = "Some Authority", .ca = true});
        return write_server(good, whole + repeated(filler, name == "240 KiB" ? 240 : 260));
    }
    if (name == "too deep") {
        const Ca last = issuer_.intermediate(
            {.common_name = "Last Issuing",
             .ca = true,
             .basic_constraints = "critical,CA:TRUE,pathlen:0"}
        );
        return write_server(last.intermediate("One Too Many").issue(of_server()));
    }
    if (name == "another authority of the name") {
        CertificateSpec spec = of_server();
        spec.key_identifiers = false;
        const Ca twin = Ca::root(CertificateSpec{
            .common_name = "Partner Issuing", .ca = true, .key_identifiers = false});
        return write_server(twin.issue(spec), whole);
    }
    if (name == "cross-signed") {
        const certs::X509Handle cross = others_.cross_sign(root_);
        Issued crossed = issuer_.issue(of_server());
        crossed.chain.pop_back();
        crossed.chain.push_back(certs::share(cross.get()));
        return write_server(crossed);
    }
    if (name == "expired root") {
        const Ca root = Ca::root(CertificateSpec{
            .common_name = "Old Root",
            .not_before = hours{-48},
            .not_after = hours{-24},
            .ca = true});
        files_.write("old.crt", root.certificate_pem());
        return write_server(root.issue(of_server()));
    }
    throw std::runtime_error{"no certificate is '" + name + "'"};
}

void Certificates::make_identity(const std::string& name) const {
    CertificateSpec spec{.common_name = name, .client_auth = true};
    if (name == "expired") {
        spec.not_before = hours{-48};
        spec.not_after = hours{-24};
    } else if (name == "ed25519") {
        spec.key_kind = KeyKind::ed25519;
    } else if (name == "web") {
        spec.client_auth = false;
        spec.server_auth = true;
    } else if (name != "alice") {
        throw std::runtime_error{"no identity is '" + name + "'"};
    }
    const Issued client = issuer_.issue(spec);
    std::filesystem::permissions(
        files_.write("client.pem", client.chain_pem() + client.key_pem()),
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
    );
}

}  // namespace countersign::tests
