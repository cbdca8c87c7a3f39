#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

/// A server whose certificate nobody issued, in every form in which its operator may send it.
class PinnedServer : public testing::TestWithParam<const char*> {
protected:
    Nginx::Options nginx() const {
        return {
            .certificate = partner_.files().write("pinned.pem", server_.certificate_pem()),
            .key = partner_.files().write("pinned.key", server_.key_pem()),
            .client_ca = partner_.root_file()};
    }

    /// The record's settings after name and type.
    std::string record() const {
        const TempDir& files = partner_.files();
        const std::string form = GetParam();
        if (form == "Pem") return "file: " + (files / "pinned.pem").string();
        const auto der = files.write("pinned.der", server_.certificate_der());
        if (form == "Der") return "file: " + der.string();
        if (form == "Pkcs7") {
            run(
                {"openssl", "crl2pkcs7", "-nocrl", "-certfile", files / "pinned.pem", "-outform",
                 "DER", "-out", files / "pinned.p7b"}
            );
            return "file: " + (files / "pinned.p7b").string();
        }
        if (form == "Directory") {
            std::filesystem::create_directory(files / "trusted");
            std::filesystem::copy(der, files / "trusted" / "server.cer");
            return "file: " + (files / "trusted").string();
        }
        run(
            {"keytool", "-importcert", "-noprompt", "-alias", "partner", "-file", der, "-storetype",
             form, "-keystore", files / "trusted.jks", "-storepass", "changeit"}
        );
        const auto password = files.write("trusted.password", "changeit\n");
        return "file: " + (files / "trusted.jks").string() +
               ", password: { file: " + password.string() + " }";
    }

    std::string configuration(const std::string& trusted) const {
        return partner_.certificates() + "  - { name: server, type: trust_store_cert, " + trusted +
               " }\nprofiles:\n  - { name: partner, hosts: [127.0.0.1], key_store: alice, trust: "
               "[server] }\n";
    }

    const Partner partner_;
    const Issued server_ = Ca::self_signed(
        {.common_name = "localhost", .ip_addresses = {"127.0.0.1"}, .server_auth = true}
    );
};

TEST_P(PinnedServer, IsAcceptedAndNoOther) {
    Nginx pinned{nginx()};
    Nginx other{partner_.nginx()};
    const ProxyUnderTest proxy{configuration(record())};

    const Response accepted = proxy.exchange(absolute_get(pinned.authority(), "/whoami"));
    const Response refused = proxy.exchange(absolute_get(other.authority(), "/whoami"));

    EXPECT_EQ(accepted.status, 200) << accepted.body;
    EXPECT_EQ(value_of(accepted.body, "subject"), "CN=alice");
    EXPECT_EQ(refused.status, 502) << refused.body;
    EXPECT_EQ(proxy_error(refused), "tls_certificate_error");
}

INSTANTIATE_TEST_SUITE_P(
    Forms, PinnedServer, testing::Values("Pem", "Der", "Pkcs7", "Directory", "JKS", "PKCS12"),
    [](const auto& form) { return std::string{form.param}; }
);

TEST(TrustRecord, IsToldWithItsFileWhereItCannotBeRead) {
    const Partner partner;
    std::filesystem::create_directory(partner.files() / "trusted");
    partner.files().write("trusted/broken.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");

    const RefusedStart start = start_expecting_refusal(
        "certificates:\n  - { name: partners, type: trust_store_cert, file: " +
        (partner.files() / "trusted").string() +
        " }\nprofiles: [{ name: p, hosts: [127.0.0.1], trust: [partners] }]\n"
    );

    EXPECT_EQ(start.status, 1);
    EXPECT_NE(start.message.find("partners"), std::string::npos) << start.message;
    EXPECT_NE(start.message.find("broken.pem is incomplete"), std::string::npos) << start.message;
}

// The server's operator could do nothing about it, and is not sent for.
TEST(TrustRecord, ThatIsNoAuthorityIsToldAsThisSides) {
    const Partner partner;
    const TempDir& files = partner.files();
    files.write("names", "subjectAltName=IP:127.0.0.1\n");
    run(
        {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", files / "no.key",
         "-out", files / "no.pem", "-days", "2", "-subj", "/CN=No Authority", "-addext",
         "basicConstraints=critical,CA:FALSE"}
    );
    run(
        {"openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", files / "below.key", "-out",
         files / "below.csr", "-subj", "/CN=below"}
    );
    run(
        {"openssl", "x509", "-req", "-in", files / "below.csr", "-CA", files / "no.pem", "-CAkey",
         files / "no.key", "-CAcreateserial", "-days", "1", "-extfile", files / "names", "-out",
         files / "below.pem"}
    );
    const Nginx nginx{
        {.certificate = files / "below.pem",
         .key = files / "below.key",
         .client_ca = partner.root_file()}};
    const ProxyUnderTest proxy{
        partner.certificates() +
        "  - { name: no, type: trust_store_cert, file: " + (files / "no.pem").string() +
        " }\nprofiles:\n  - { name: p, hosts: [127.0.0.1], key_store: alice, trust: [no] }\n"};

    const Response refused = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(proxy_error(refused), "tls_certificate_error");
    EXPECT_NE(
        refused.body.find(
            "The trust of profile 'p' has 'CN=No Authority', which has issued a certificate in the "
            "server's chain and may not"
        ),
        std::string::npos
    ) << refused.body;
}

/// A server that sends two certificates of its authority: one by an authority of former days, and
/// one by the partner's root.
class CrossSignedServer : public testing::Test {
protected:
    /// `by_root`: what the second one says beside its name.
    Nginx::Options nginx(CertificateSpec by_root) const {
        by_root.ca = true;
        const Issued server = issuing_.issue(
            {.common_name = "localhost", .ip_addresses = {"127.0.0.1"}, .server_auth = true}
        );
        const std::string bundle = server.certificate_pem() + pem(former_.cross_sign(issuing_)) +
                                   pem(partner_.root().cross_sign(issuing_, by_root));
        return {
            .certificate = partner_.files().write("server.pem", bundle),
            .key = partner_.files().write("server.key", server.key_pem()),
            .client_ca = partner_.root_file()};
    }

    const Partner partner_;

private:
    static std::string pem(certs::X509Handle certificate) {
        Issued issued;
        issued.certificate = std::move(certificate);
        return issued.certificate_pem();
    }

    const Ca former_ = Ca::root("Former Root");
    const Ca issuing_ = Ca::root("Cross-signed CA");
};

TEST_F(CrossSignedServer, IsReachedByTheAuthorityThatIsTrusted) {
    Nginx nginx{this->nginx({})};
    const ProxyUnderTest proxy{partner_.configuration(nginx.port())};

    for (const char* visit : {"first", "second"}) {
        const Response response =
            proxy.exchange(absolute_get(nginx.authority(), "/whoami", "Connection: close\r\n"));

        EXPECT_EQ(response.status, 200) << visit << response.body;
        EXPECT_EQ(value_of(response.body, "subject"), "CN=alice");
    }
}

// Not that the former one is not trusted: nobody is to be sent for that.
TEST_F(CrossSignedServer, IsRefusedForWhatIsWrongWithTheTrustedPath) {
    CertificateSpec expired;
    expired.not_after = std::chrono::minutes{-5};
    Nginx nginx{this->nginx(expired)};
    const ProxyUnderTest proxy{partner_.configuration(nginx.port())};

    const Response refused = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(proxy_error(refused), "tls_certificate_error");
    EXPECT_NE(
        refused.body.find("A certificate in the server's chain, 'CN=Cross-signed CA', expired on"),
        std::string::npos
    ) << refused.body;
}

TEST(Anchor, ThatVouchesForNobodyIsToldByCheckAndRun) {
    const Partner partner;
    const std::string says =
        "'CN=Bad Root' signs itself and does not say that it is an authority's (basicConstraints "
        "CA:TRUE), so no certificate that it signed is accepted.";
    const auto bad = partner.files().write(
        "bad.pem", Ca::self_signed({.common_name = "Bad Root"}).certificate_pem()
    );
    const std::string yaml = partner.certificates() +
                             "  - { name: bad, type: trust_store_cert, file: " + bad.string() +
                             " }\nprofiles:\n  - { name: p, hosts: [a.example], trust: [bad] }\n";
    const auto file = partner.files().write("countersign.yaml", yaml);

    Process check{{countersign_binary(), "check", "-c", file.string()}};
    const auto status = check.wait_for_exit();
    const ProxyUnderTest proxy{yaml};

    EXPECT_EQ(status, 1);
    const std::string said = "certificate record 'bad': " + bad.string() + ": " + says;
    EXPECT_NE(check.output().find(said), std::string::npos) << check.output();
    EXPECT_EQ(check.output().find(says), check.output().rfind(says)) << "told twice";
    EXPECT_NE(proxy.log().find(said), std::string::npos) << proxy.log();
}

}  // namespace
}  // namespace countersign::tests
