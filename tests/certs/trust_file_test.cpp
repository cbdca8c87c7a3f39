#include "certs/trust_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "certs/certificate.hpp"
#include "certs/file.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::LoadErrorCode;
using certs::LoadResult;
using certs::Secret;
using certs::TrustedCertificates;
using certs::TrustFile;

using Subjects = std::vector<std::string>;

TEST(ReadTrusted, ReadsEveryContainer) {
    const TempDir directory;
    const std::string of_openssl = directory.path() / "openssl.p12";
    run(
        {"openssl", "pkcs12", "-export", "-nokeys", "-in", data("chain.pem"), "-passout",
         "pass:changeit", "-out", of_openssl}
    );
    const std::string client = "CN=client, O=Acme, C=DE";
    const struct {
        std::filesystem::path file;
        Subjects subjects;
    } kFiles[] = {
        {data("chain.pem"), {client, "CN=Test Issuing"}},
        {data("root.der"), {"CN=Test Root"}},
        {data("bundle.p7b"), {client, "CN=Test Issuing", "CN=Test Root"}},
        {data("bundle-pem.p7b"), {client, "CN=Test Issuing", "CN=Test Root"}},
        {data("trusted.jks"), {"CN=Test Root"}},
        {of_openssl, {client, "CN=Test Issuing"}},
    };
    for (const auto& [file, subjects] : kFiles) {
        const LoadResult<TrustedCertificates> found =
            certs::read_trusted(TrustFile{file, Secret{"changeit"}});

        ASSERT_TRUE(found) << found.error().message();
        EXPECT_EQ(certs::subjects_of(found->certificates), subjects) << file;
        EXPECT_TRUE(found->notes.empty()) << found->notes.front();
    }
}

// Its private keys say who one is, not whom one trusts.
TEST(ReadTrusted, TakesOfAKeyStoreOnlyWhatIsTrustedInIt) {
    for (const char* file : {"several.jks", "several.jceks", "several.p12", "java.p12"}) {
        const LoadResult<TrustedCertificates> found =
            certs::read_trusted(TrustFile{data(file), Secret{"changeit"}});

        ASSERT_TRUE(found) << found.error().message();
        EXPECT_EQ(certs::subjects_of(found->certificates), Subjects{"CN=Test Root"}) << file;
        ASSERT_EQ(found->notes.size(), 1u);
        EXPECT_NE(found->notes[0].find("holds private keys"), std::string::npos) << file;
    }
}

TEST(ReadTrusted, ReadsTheTrustStoreThatComesWithJava) {
    const std::filesystem::path cacerts = "/etc/ssl/certs/java/cacerts";
    const std::string listed =
        run({"keytool", "-list", "-keystore", cacerts, "-storepass", "changeit"});
    const std::string_view before = "Your keystore contains ";
    const std::size_t at = listed.find(before);
    ASSERT_NE(at, listed.npos) << listed;
    const std::size_t entries = std::stoul(listed.substr(at + before.size()));

    const LoadResult<TrustedCertificates> found =
        certs::read_trusted(TrustFile{cacerts, Secret{"changeit"}});

    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->certificates.size(), entries);
    EXPECT_GT(entries, 50u);
}

TEST(ReadTrusted, ReadsWhatKeytoolMarksAsTrusted) {
    const TempDir directory;
    for (const std::string type : {"JKS", "JCEKS", "PKCS12"}) {
        run(
            {"keytool", "-importcert", "-noprompt", "-alias", "partner", "-file", data("root.der"),
             "-storetype", type, "-keystore", directory / type, "-storepass", "changeit"}
        );

        const LoadResult<TrustedCertificates> found =
            certs::read_trusted(TrustFile{directory / type, Secret{"changeit"}});

        ASSERT_TRUE(found) << found.error().message();
        EXPECT_EQ(certs::subjects_of(found->certificates), Subjects{"CN=Test Root"}) << type;
    }
}

TEST(ReadTrusted, ReadsEveryCertificateFileOfADirectory) {
    const TempDir directory;
    directory.write("b.pem", Ca::root("B").certificate_pem());
    directory.write("a.der", Ca::root("A").certificate_der());
    directory.write("c.p7b", read_bytes(data("bundle.p7b")));
    directory.write("README", "these are our partner's");
    directory.write("empty", "");
    directory.write(".b.pem.swp", Ca::root("hidden").certificate_pem());
    std::filesystem::create_directory(directory / "below");
    std::filesystem::create_symlink("b.pem", directory / "0123abcd.0");
    ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);

    const LoadResult<TrustedCertificates> found =
        certs::read_trusted(TrustFile{directory.path(), std::nullopt});

    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(
        certs::subjects_of(found->certificates),
        (Subjects{
            "CN=B", "CN=A", "CN=B", "CN=client, O=Acme, C=DE", "CN=Test Issuing", "CN=Test Root"})
    );
    ASSERT_EQ(found->notes.size(), 2u);
    EXPECT_NE(found->notes[0].find("README is in no format"), std::string::npos) << found->notes[0];
    EXPECT_NE(found->notes[1].find("empty gives no certificate"), std::string::npos);
}

// Kubernetes mounts a Secret's files as links into a directory that is swapped.
TEST(ReadTrusted, ReadsAMountedSecret) {
    const TempDir directory;
    std::filesystem::create_directory(directory / "..2026");
    directory.write("..2026/ca.crt", Ca::root("A").certificate_pem());
    std::filesystem::create_directory_symlink("..2026", directory / "..data");
    std::filesystem::create_symlink("..data/ca.crt", directory / "ca.crt");

    const LoadResult<TrustedCertificates> found =
        certs::read_trusted(TrustFile{directory.path(), std::nullopt});

    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(certs::subjects_of(found->certificates), Subjects{"CN=A"});
}

TEST(ReadTrusted, SaysWhichFileOfADirectoryItCannotRead) {
    const std::string whole = Ca::root("A").certificate_pem();
    const struct {
        const char* name;
        std::string bytes;
        LoadErrorCode code;
    } kFiles[] = {
        {"cut.pem", whole.substr(0, whole.size() / 2), LoadErrorCode::malformed},
        {"locked.jks", read_bytes(data("trusted.jks")), LoadErrorCode::password_needed},
    };
    for (const auto& [name, bytes, code] : kFiles) {
        const TempDir directory;
        directory.write("a.pem", whole);
        directory.write(name, bytes);

        const auto found = certs::read_trusted(TrustFile{directory.path(), std::nullopt});

        ASSERT_FALSE(found) << name;
        EXPECT_EQ(found.error().code, code) << found.error().message();
        EXPECT_EQ(found.error().where, directory / name);
    }
    const TempDir directory;
    std::filesystem::create_symlink("/nonexistent.pem", directory / "gone.pem");
    const auto gone = certs::read_trusted(TrustFile{directory.path(), std::nullopt});
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, LoadErrorCode::unreadable);
    EXPECT_EQ(gone.error().where, directory / "gone.pem");
}

TEST(ReadTrusted, ReadsNoMoreOfAFileOrADirectoryThanAnyRealOneHas) {
    const TempDir directory;
    const std::string pem = Ca::root("Root").certificate_pem();
    const std::string half = pem + std::string(certs::kMaxStoreBytes / 2, '\n');
    const auto file = directory.write("large.pem", half + half);
    const TempDir several;
    several.write("a.pem", half);
    ASSERT_TRUE(certs::read_trusted({several.path(), std::nullopt}));
    several.write("b.pem", half);

    const auto one = certs::read_trusted({file, std::nullopt});
    const auto both = certs::read_trusted({several.path(), std::nullopt});

    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, LoadErrorCode::too_much);
    EXPECT_EQ(
        one.error().message(), file.string() +
                                   " holds more than is read here: more than 1572864 bytes. Keep "
                                   "in it what is needed, and take the rest out."
    );
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().code, LoadErrorCode::too_much);
    EXPECT_EQ(both.error().where, several.path().string());
    EXPECT_EQ(both.error().detail, "more than 1572864 bytes in its files together");
}

TEST(ReadTrusted, SaysWhatToDoWithAKeyStore) {
    const Issued issued = Ca::root("Root").issue({.common_name = "client"});
    const TempDir directory;
    const auto said = [&](const char* name, const std::string& bytes) {
        const certs::PasswordSource password = certs::Secret{"changeit"};
        const auto found = certs::read_trusted(TrustFile{directory.write(name, bytes), password});
        return found ? "nothing" : found.error().message(certs::Audience::trust_record);
    };

    EXPECT_EQ(
        said("my key.p12", issued.pkcs12("changeit", "acme")),
        (directory / "my key.p12").string() +
            " is a key store with a private key: it says who you are, not whom you trust, and none "
            "of its certificates is marked as trusted. Name here the certificate of the server's "
            "authority (PEM or DER)."
    );
    EXPECT_EQ(
        said("client.key", issued.key_pem()),
        (directory / "client.key").string() +
            " gives no certificate: it is PEM and holds only a private key; name the certificate "
            "of the server's authority."
    );
    EXPECT_EQ(
        said(
            "client.csr",
            "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"
        ),
        (directory / "client.csr").string() +
            " holds a certificate request and no certificate. Name the certificate of the "
            "server's authority (PEM or DER)."
    );
}

TEST(ReadTrusted, RefusesADirectoryWithoutCertificates) {
    const TempDir directory;
    directory.write("README", "nothing here");

    const auto found = certs::read_trusted(TrustFile{directory.path(), std::nullopt});

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, LoadErrorCode::no_certificate);
    EXPECT_NE(
        found.error().message().find("a directory of 1 file, and none holds one"), std::string::npos
    );
}

}  // namespace
}  // namespace countersign::tests
