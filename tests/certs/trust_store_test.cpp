#include "certs/trust_store.hpp"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <cstdio>

#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::LoadErrorCode;
using certs::LoadResult;
using certs::OpensslHandle;
using certs::TrustFile;
using certs::TrustInlinePem;
using certs::TrustStore;
using certs::TrustSystem;
using certs::X509Handle;

bool verifies(const TrustStore& trust, const Issued& server, bool with_chain = true) {
    const OpensslHandle<STACK_OF(X509), [](STACK_OF(X509) * s) { sk_X509_free(s); }> chain{
        sk_X509_new_null()};
    for (const X509Handle& above : server.chain) {
        if (with_chain) sk_X509_push(chain.get(), above.get());
    }
    const OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free> context{X509_STORE_CTX_new()};
    X509_STORE_CTX_init(context.get(), trust.store(), server.certificate.get(), chain.get());
    return X509_verify_cert(context.get()) == 1;
}

/// A directory as `openssl rehash` leaves it.
void write_hashed(const TempDir& directory, const Ca& ca) {
    char name[16];
    std::snprintf(
        name, sizeof name, "%08lx.0",
        X509_NAME_hash_ex(X509_get_subject_name(ca.certificate()), nullptr, nullptr, nullptr)
    );
    directory.write(name, ca.certificate_pem());
}

TEST(TrustStore, TakesNoTextThatIsLargerThanAnyRealOne) {
    const std::string text = Ca::root("Root").certificate_pem() + std::string(2'000'000, '\n');

    const auto loaded = TrustStore::load({certs::TrustInlinePem{text, "partner-ca"}});

    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, certs::LoadErrorCode::too_much);
    EXPECT_EQ(loaded.error().where, "certificate record partner-ca");
}

TEST(TrustStore, ReadsPemAndDerOneAndMany) {
    const TempDir directory;
    const Ca a = Ca::root("A");
    const Ca b = Ca::root("B");
    const std::filesystem::path files[] = {
        directory.write("both.pem", a.certificate_pem() + "text\n" + b.certificate_pem()),
        directory.write("both.der", a.certificate_der() + b.certificate_der()),
    };
    for (const auto& file : files) {
        const LoadResult<TrustStore> trust = TrustStore::load({TrustFile{file}});

        ASSERT_TRUE(trust) << trust.error().message();
        EXPECT_EQ(trust->describe(), "CN=A, CN=B");
        EXPECT_TRUE(verifies(*trust, b.issue({.common_name = "server"})));
        EXPECT_FALSE(verifies(*trust, Ca::root("C").issue({.common_name = "server"})));
    }
}

TEST(TrustStore, JoinsItsSources) {
    const TempDir directory;
    const Ca a = Ca::root("A");
    const auto file = directory.write("a.der", a.certificate_der());

    const TrustStore trust =
        TrustStore::load(
            {TrustFile{file}, TrustInlinePem{Ca::root("B").certificate_pem(), "partner-ca"},
             TrustFile{file}}
        ).value();

    EXPECT_EQ(trust.describe(), "CN=A, CN=B");
}

TEST(TrustStore, TakesAnIntermediateOrTheServerItselfForAnAnchor) {
    const Ca lower = Ca::root("Root").intermediate("Lower");
    const Issued server = lower.issue({.common_name = "server"});

    const TrustStore intermediate =
        TrustStore::load({TrustInlinePem{lower.certificate_pem(), "x"}}).value();
    const TrustStore pinned =
        TrustStore::load({TrustInlinePem{server.certificate_pem(), "x"}}).value();

    EXPECT_TRUE(verifies(intermediate, server, false));
    EXPECT_TRUE(verifies(pinned, server, false));
    EXPECT_FALSE(verifies(pinned, lower.issue({.common_name = "server"})));
}

TEST(TrustStore, IsNeverEmpty) {
    const TempDir directory;
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    const struct {
        const char* name;
        std::vector<certs::TrustSource> sources;
        LoadErrorCode code;
        const char* says;
    } kSources[] = {
        {"nothing", {}, LoadErrorCode::no_certificate, "nothing is named"},
        {"absent", {TrustFile{"absent.pem"}}, LoadErrorCode::unreadable, "absent.pem"},
        {"empty",
         {TrustFile{directory.write("empty", "")}},
         LoadErrorCode::no_certificate,
         "empty"},
        {"key",
         {TrustFile{directory.write("k.pem", client.key_pem())}},
         LoadErrorCode::no_certificate,
         "only a private key"},
        {"inline",
         {TrustInlinePem{"", "partner-ca"}},
         LoadErrorCode::no_certificate,
         "certificate record partner-ca"},
        {"text",
         {TrustFile{data("make.sh")}},
         LoadErrorCode::not_recognised,
         "PEM, or certificates in DER"},
        {"rest",
         {TrustFile{directory.write("r", read_bytes(data("root.der")) + "x")}},
         LoadErrorCode::malformed,
         "after certificate 1"},
        {"JKS",
         {TrustFile{data("trusted.jks")}},
         LoadErrorCode::password_needed,
         "which come with Java is changeit"},
        {"JKS, wrong",
         {TrustFile{data("trusted.jks"), certs::Secret{"wrong"}}},
         LoadErrorCode::wrong_password,
         "trusted.jks"},
        {"JKS, no password file",
         {TrustFile{data("trusted.jks"), certs::PasswordFile{"/nonexistent/password"}}},
         LoadErrorCode::unreadable,
         "/nonexistent/password"},
        {"PKCS#12 of an identity",
         {TrustFile{data("modern.p12"), certs::Secret{"changeit"}}},
         LoadErrorCode::no_certificate,
         "none of its certificates is marked as trusted"},
        {"DER key",
         {TrustFile{data("pkcs8-key.der")}},
         LoadErrorCode::no_certificate,
         "private key"},
    };
    for (const auto& [name, sources, code, says] : kSources) {
        const LoadResult<TrustStore> trust = TrustStore::load(sources);

        ASSERT_FALSE(trust) << name;
        EXPECT_EQ(trust.error().code, code) << trust.error().message();
        EXPECT_NE(trust.error().message().find(says), std::string::npos) << trust.error().message();
    }
}

TEST(TrustStore, FindsTheSystemsAuthoritiesByHash) {
    const TempDir directory;
    const Ca authority = Ca::root("Authority");
    write_hashed(directory, authority);
    const ScopedEnvironment no_file{"SSL_CERT_FILE", nullptr};
    const ScopedEnvironment set{"SSL_CERT_DIR", directory.path().c_str()};

    const LoadResult<TrustStore> trust = TrustStore::load({TrustSystem{}, TrustSystem{}});

    ASSERT_TRUE(trust) << trust.error().message();
    EXPECT_EQ(trust->describe(), "the system's trust store");
    EXPECT_TRUE(trust->certificates().empty());
    EXPECT_EQ(sk_X509_OBJECT_num(X509_STORE_get0_objects(trust->store())), 0);
    EXPECT_TRUE(verifies(*trust, authority.issue({.common_name = "server"})));
    EXPECT_FALSE(verifies(*trust, Ca::root("Other").issue({.common_name = "server"})));
}

TEST(TrustStore, TakesTheSystemsAuthoritiesFromAFileThatTheEnvironmentNames) {
    const TempDir directory;
    const Ca authority = Ca::root("Authority");
    const auto file = directory.write("bundle.pem", authority.certificate_pem());
    const ScopedEnvironment no_directory{"SSL_CERT_DIR", "/nonexistent"};
    const ScopedEnvironment set{"SSL_CERT_FILE", file.c_str()};

    const LoadResult<TrustStore> trust = TrustStore::load({TrustSystem{}});

    ASSERT_TRUE(trust) << trust.error().message();
    EXPECT_TRUE(verifies(*trust, authority.issue({.common_name = "server"})));
}

TEST(TrustStore, RefusesASystemWithoutAuthorities) {
    const TempDir empty;
    empty.write("README", "no certificate here");
    empty.write("0123456g.0", "no hash");
    const ScopedEnvironment no_file{"SSL_CERT_FILE", nullptr};
    for (const std::string& path : {empty.path().native(), std::string{"/nonexistent"}}) {
        const ScopedEnvironment set{"SSL_CERT_DIR", path.c_str()};

        const LoadResult<TrustStore> trust = TrustStore::load({TrustSystem{}});

        ASSERT_FALSE(trust);
        EXPECT_EQ(trust.error().code, LoadErrorCode::no_certificate);
        EXPECT_NE(
            trust.error().message().find("install the package ca-certificates"), std::string::npos
        );
    }
}

TEST(TrustStore, DescribesTwoAndCountsTheRest) {
    std::string pem;
    for (const char* name : {"A", "B", "C", "D", "E"}) pem += Ca::root(name).certificate_pem();

    EXPECT_EQ(TrustStore::load({TrustInlinePem{pem, "x"}})->describe(), "CN=A, CN=B and 3 more");
}

TEST(TrustStore, HasTheContentOfAnotherWithTheSameAnchors) {
    const std::string a = Ca::root("A").certificate_pem();
    const std::string b = Ca::root("B").certificate_pem();
    const auto trust = [](const std::string& pem) {
        return TrustStore::load({TrustInlinePem{pem, "x"}});
    };

    EXPECT_TRUE(trust(a + b)->has_content_of(*trust(a + "\n" + b + a)));
    EXPECT_FALSE(trust(a + b)->has_content_of(*trust(a)));
    EXPECT_FALSE(trust(a)->has_content_of(*trust(b)));
}

TEST(TrustStore, HasNotTheContentOfAnotherWhereTheSystemsAuthoritiesChangedBetween) {
    const TempDir directory;
    const auto file = directory.write("bundle.pem", Ca::root("A").certificate_pem());
    const ScopedEnvironment no_directory{"SSL_CERT_DIR", "/nonexistent"};
    const ScopedEnvironment set{"SSL_CERT_FILE", file.c_str()};
    const auto trust = [] { return TrustStore::load({TrustSystem{}}); };
    const LoadResult<TrustStore> first = trust();
    ASSERT_TRUE(first->has_content_of(*trust()));

    std::filesystem::last_write_time(file, std::filesystem::file_time_type{});

    EXPECT_FALSE(first->has_content_of(*trust()));
    EXPECT_FALSE(first->has_content_of(*TrustStore::load({TrustFile{file}})));
}

TEST(TrustStore, TellsAnAnchorThatVouchesForNobody) {
    const TempDir directory;
    const auto faults = [&](const Issued& anchor) {
        const auto file = directory.write("ca.pem", anchor.certificate_pem());
        const auto trust = certs::TrustStore::load({certs::TrustFile{file}});
        return trust->faults().empty() ? "" : trust->faults().front();
    };
    const auto self = [&](const CertificateSpec& spec) { return faults(Ca::self_signed(spec)); };
    const Ca root = Ca::root("Root");
    const auto issued = [&](const CertificateSpec& spec) { return faults(root.issue(spec)); };
    const std::string where = (directory / "ca.pem").string();

    EXPECT_EQ(
        self({.common_name = "Root"}),
        where +
            ": 'CN=Root' signs itself and does not say that it is an authority's (basicConstraints "
            "CA:TRUE), so no certificate that it signed is accepted. Ask the authority for its "
            "right certificate. A server that presents this very one is accepted only with tls: { "
            "danger_common_name: true } in its profile."
    );
    EXPECT_EQ(
        issued({.common_name = "acme", .client_auth = true}),
        where +
            ": 'CN=acme' is a client's certificate (extended key usage clientAuth): no server "
            "presents it, and it vouches for none. Trust the certificate of the server's authority "
            "instead."
    );
    EXPECT_EQ(
        issued({.common_name = "leaf"}),
        where +
            ": 'CN=leaf' is no authority's certificate (basicConstraints CA:TRUE) and names no "
            "host, so it vouches for no server. Trust the certificate of the server's authority "
            "instead, 'CN=Root' if this one is the server's. A server that presents this very one "
            "is accepted only with tls: { danger_common_name: true } in its profile."
    );
    EXPECT_NE(self({.common_name = "c", .client_auth = true}).find("a client's"), where.npos);
    EXPECT_EQ(self({.common_name = "Root", .ca = true}), "");
    EXPECT_EQ(self({.common_name = "Root", .version_1 = true}), "");
    EXPECT_EQ(self({.common_name = "s", .dns_names = {"s.example"}}), "");
    EXPECT_EQ(self({.common_name = "s", .server_auth = true}), "");
    EXPECT_EQ(issued({.common_name = "Issuing", .ca = true}), "");
    EXPECT_EQ(issued({.common_name = "s", .dns_names = {"s.example"}, .server_auth = true}), "");
}

}  // namespace
}  // namespace countersign::tests
