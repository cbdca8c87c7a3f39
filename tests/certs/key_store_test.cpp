#include "certs/key_store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "certs/certificate.hpp"
#include "certs/identity_loader.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::KeyStoreFormat;
using certs::KeyStoreSource;
using certs::load_identity;
using certs::LoadedIdentity;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::recognise;
using certs::Secret;

std::string reference() {
    return fingerprint_of(load_identity(source_of(data("client.pem"))).value().identity);
}

struct OneKey {
    const char* name;
    const char* file;
    std::optional<std::string_view> password;

    friend void PrintTo(const OneKey& store, std::ostream* out) { *out << store.file; }
};

class LoadIdentity : public testing::TestWithParam<OneKey> {};

TEST_P(LoadIdentity, GivesTheSameIdentityFromEveryContainer) {
    const OneKey& store = GetParam();

    const LoadResult<LoadedIdentity> loaded =
        load_identity(source_of(data(store.file), store.password));

    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->identity.subject(), "CN=client, O=Acme, C=DE");
    ASSERT_EQ(loaded->identity.chain().size(), 1u);
    EXPECT_EQ(certs::subject_of(loaded->identity.chain()[0].get()), "CN=Test Issuing");
    EXPECT_EQ(fingerprint_of(loaded->identity), reference());
}

INSTANTIATE_TEST_SUITE_P(
    Containers, LoadIdentity,
    testing::Values(
        OneKey{"Pem", "client.pem", std::nullopt}, OneKey{"Jks", "client.jks", kPassword},
        OneKey{"JksByPython", "pyjks.jks", kPassword},
        OneKey{"JceksWithASecretKeyToo", "client.jceks", kPassword},
        OneKey{"JksUnderANonAsciiPassword", "unicode.jks", "pässwörd€"},
        OneKey{"Pkcs12OfJava", "java.p12", kPassword},
        OneKey{"Pkcs12OfOpenssl3", "modern.p12", kPassword},
        OneKey{"Pkcs12WithRc2", "legacy.p12", kPassword},
        OneKey{"Pkcs12WithoutAlias", "nameless.p12", kPassword},
        OneKey{"Pkcs12UnderANonAsciiPassword", "unicode.p12", "pässwörd€"},
        OneKey{"Pkcs12UnderTheEmptyPassword", "empty-password.p12", ""},
        OneKey{"Pkcs12UnderTheEmptyPasswordNotGiven", "empty-password.p12", std::nullopt},
        OneKey{"Pkcs12WithoutPassword", "no-password.p12", std::nullopt},
        OneKey{"Pkcs12WithoutPasswordThoughOneIsGiven", "no-password.p12", kPassword}
    ),
    [](const auto& test) { return test.param.name; }
);

TEST(Recognise, TellsTheContainerByItsBytes) {
    const struct {
        const char* file;
        std::optional<KeyStoreFormat> format;
    } kFiles[] = {
        {"client.jks", KeyStoreFormat::java_key_store},
        {"client.jceks", KeyStoreFormat::java_key_store},
        {"modern.p12", KeyStoreFormat::pkcs12},
        {"java.p12", KeyStoreFormat::pkcs12},
        {"client.pem", KeyStoreFormat::pem},
        {"root.der", std::nullopt},
    };
    for (const auto& [file, format] : kFiles) {
        EXPECT_EQ(recognise(read_bytes(data(file))), format) << file;
    }
    EXPECT_EQ(recognise(""), std::nullopt);
}

TEST(LoadIdentity, AcceptsAnotherContainerThanDeclaredAndNotesIt) {
    KeyStoreSource source = source_of(data("java.p12"));
    source.declared = KeyStoreFormat::java_key_store;

    const LoadedIdentity loaded = load_identity(source).value();

    ASSERT_EQ(loaded.notes.size(), 1u);
    EXPECT_NE(
        loaded.notes[0].find("declared as java_key_store but is a pkcs12_key_store"),
        std::string::npos
    ) << loaded.notes[0];
}

TEST(LoadIdentity, NotesTheSecretKeyThatItLeavesOut) {
    const LoadedIdentity loaded = load_identity(source_of(data("client.jceks"))).value();

    ASSERT_EQ(loaded.notes.size(), 1u);
    EXPECT_EQ(loaded.notes[0], "alias aes is a secret key, which no identity can use");
}

TEST(LoadIdentity, FindsTheKeyByItsAliasWithoutCase) {
    for (const char* file : {"several.jks", "several.jceks", "several.p12"}) {
        KeyStoreSource source = source_of(data(file));
        source.alias = "MyDomain";

        const LoadResult<LoadedIdentity> loaded = load_identity(source);

        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(fingerprint_of(loaded->identity), reference()) << file;
    }
}

TEST(LoadIdentity, OpensAKeyThatHasItsOwnPassword) {
    for (const char* file : {"several.jks", "several.jceks"}) {
        KeyStoreSource source = source_of(data(file));
        source.alias = "second";
        source.key_password = Secret{"keypass"};

        const LoadResult<LoadedIdentity> loaded = load_identity(source);

        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(loaded->identity.subject(), "CN=second");
        EXPECT_TRUE(loaded->notes.empty());
    }
}

TEST(LoadIdentity, NotesAKeyPasswordThatTheContainerDoesNotUse) {
    KeyStoreSource source = source_of(data("java.p12"));
    source.key_password = Secret{"keypass"};

    const LoadedIdentity loaded = load_identity(source).value();

    ASSERT_EQ(loaded.notes.size(), 1u);
    EXPECT_NE(loaded.notes[0].find("`key_password` is not used"), std::string::npos);
}

TEST(LoadIdentity, SaysHowItsLeafIsRenewed) {
    KeyStoreSource several = source_of(data("several.p12"));
    several.alias = "second";
    KeyStoreSource two_files = source_of(data("chain.pem"), std::nullopt);
    two_files.key_file = data("pkcs8.key");

    EXPECT_EQ(
        load_identity(several)->renewal,
        "Send the authority a request, `countersign keystore request " + several.file.string() +
            " --alias second --out NEW.csr`, and take its reply in: "
            "`countersign keystore import " +
            several.file.string() + " REPLY --alias second`."
    );
    EXPECT_EQ(
        load_identity(two_files)->renewal,
        "Send the authority a request, `countersign keystore request " +
            data("pkcs8.key").string() +
            " --subject CN=NAME --out NEW.csr`, and put its reply in "
            "the place of " +
            two_files.file.string() + "."
    );
}

TEST(LoadIdentity, SaysWhereAPasswordThatIsWrongCameFrom) {
    ASSERT_EQ(setenv("COUNTERSIGN_TEST_WRONG", "wrong", 1), 0);
    KeyStoreSource source;
    source.file = data("modern.p12");
    source.password = certs::PasswordEnvironment{"COUNTERSIGN_TEST_WRONG"};

    const auto loaded = load_identity(source);

    ASSERT_FALSE(loaded);
    const std::string file = source.file.string();
    EXPECT_EQ(
        loaded.error().message(),
        "the password from the environment variable COUNTERSIGN_TEST_WRONG does not open " + file +
            ": the password is wrong, or " + file +
            " was changed after it was written. Set COUNTERSIGN_TEST_WRONG to the right password. "
            "If the password is right, get a new copy of " +
            file + "."
    );
}

TEST(LoadIdentity, SaysWhichFailureItIs) {
    const struct {
        const char* name;
        const char* file;
        std::optional<std::string_view> password;
        std::optional<std::string> alias;
        LoadErrorCode code;
        const char* says;
    } kFailures[] = {
        {"no file", "absent.jks", kPassword, {}, LoadErrorCode::unreadable, "No such file"},
        {"directory", "", kPassword, {}, LoadErrorCode::unreadable, "directory"},
        {"JKS, wrong", "client.jks", "wrong", {}, LoadErrorCode::wrong_password, "was changed"},
        {"JCEKS, wrong", "client.jceks", "wrong", {}, LoadErrorCode::wrong_password, "was changed"},
        {"PKCS#12, wrong", "modern.p12", "wrong", {}, LoadErrorCode::wrong_password, "is wrong"},
        {"RC2, wrong", "legacy.p12", "wrong", {}, LoadErrorCode::wrong_password, "is wrong"},
        {"empty", "modern.p12", "", {}, LoadErrorCode::wrong_password, "the password is empty"},
        {"JKS, none", "client.jks", {}, {}, LoadErrorCode::password_needed, "password: {"},
        {"PKCS#12, none", "modern.p12", {}, {}, LoadErrorCode::password_needed, "password: {"},
        {"alias", "several.jks", kPassword, "other", LoadErrorCode::alias_missing, "mydomain"},
        {"alias P12", "several.p12", kPassword, "other", LoadErrorCode::alias_missing, "mydomain"},
        {"no alias", "several.jks", kPassword, {}, LoadErrorCode::alias_needed, "second"},
        {"no alias P12", "several.p12", kPassword, {}, LoadErrorCode::alias_needed, "second"},
        {"trusted", "several.jks", kPassword, "partner", LoadErrorCode::no_private_key,
         "is a trusted certificate"},
        {"key password", "several.jks", kPassword, "second", LoadErrorCode::wrong_password,
         "The key has a password of its own: write key_password: {"},
        {"no key",
         "trusted.jks",
         kPassword,
         {},
         LoadErrorCode::no_private_key,
         "trusted certificates: partner"},
        {"no key in PEM", "chain.pem", {}, {}, LoadErrorCode::no_private_key, "CN=Test Issuing"},
        {"key alone", "pkcs8.key", {}, {}, LoadErrorCode::no_certificate, "certificate"},
        {"DER",
         "client.der",
         {},
         {},
         LoadErrorCode::no_private_key,
         "it is DER, which holds certificates but no private key: CN=client, O=Acme, C=DE. Name"},
        {"PKCS#7",
         "bundle.p7b",
         {},
         {},
         LoadErrorCode::no_private_key,
         "it is PKCS#7, which holds certificates but no private key: CN=client"},
        {"PKCS#7 in PEM", "bundle-pem.p7b", {}, {}, LoadErrorCode::no_private_key, "CN=Test Root"},
        {"DER key alone", "sec1-key.der", {}, {}, LoadErrorCode::no_certificate, "certificate"},
        {"script", "make.sh", {}, {}, LoadErrorCode::not_recognised, "JKS, JCEKS, PKCS#12, PEM"},
    };
    for (const auto& failure : kFailures) {
        SCOPED_TRACE(failure.name);
        KeyStoreSource source = source_of(data(failure.file), failure.password);
        source.alias = failure.alias;

        const LoadResult<LoadedIdentity> loaded = load_identity(source);

        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, failure.code) << loaded.error().message();
        EXPECT_NE(loaded.error().message().find(failure.says), std::string::npos)
            << loaded.error().message();
        EXPECT_NE(loaded.error().where.find(failure.file), std::string::npos);
    }
}

TEST(LoadIdentity, NeverSaysAPassword) {
    for (const char* file :
         {"client.jks", "client.jceks", "modern.p12", "legacy.p12", "several.jks"}) {
        KeyStoreSource source = source_of(data(file), "hunter2-store");
        source.key_password = Secret{"hunter2-key"};

        const LoadResult<LoadedIdentity> loaded = load_identity(source);

        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().message().find("hunter2"), std::string::npos);
    }
}

TEST(LoadIdentity, TakesTheKeyFromAFileOfItsOwn) {
    for (const char* key :
         {"pkcs8.key", "sec1.key", "pkcs8-encrypted.key", "pkcs8-scrypt.key", "pkcs8-md5-des.key",
          "sec1-encrypted.key", "pkcs8-key.der", "pkcs8-encrypted-key.der", "sec1-key.der"}) {
        for (const char* certificates : {"chain.pem", "bundle.p7b", "bundle-pem.p7b"}) {
            KeyStoreSource source = source_of(data(certificates));
            source.declared = KeyStoreFormat::pem;
            source.key_file = data(key);

            const LoadResult<LoadedIdentity> loaded = load_identity(source);

            ASSERT_TRUE(loaded) << loaded.error().message();
            EXPECT_EQ(fingerprint_of(loaded->identity), reference()) << key << certificates;
            EXPECT_TRUE(loaded->notes.empty()) << loaded->notes.front();
        }
    }
}

TEST(LoadIdentity, NamesTheKeyFileWhereItIsTheKeyThatFails) {
    KeyStoreSource source = source_of(data("chain.pem"), std::nullopt);
    const struct {
        const char* file;
        LoadErrorCode code;
    } kFailures[] = {
        {"pkcs8-encrypted.key", LoadErrorCode::password_needed},
        {"sec1-encrypted.key", LoadErrorCode::password_needed},
        {"chain.pem", LoadErrorCode::no_private_key},
        {"modern.p12", LoadErrorCode::not_recognised},
        {"absent.key", LoadErrorCode::unreadable},
    };
    for (const auto& [file, code] : kFailures) {
        source.key_file = data(file);

        const LoadResult<LoadedIdentity> loaded = load_identity(source);

        ASSERT_FALSE(loaded) << file;
        EXPECT_EQ(loaded.error().code, code) << loaded.error().message();
        EXPECT_EQ(loaded.error().where, data(file));
    }
}

TEST(LoadIdentity, SaysWhoseCertificatesTheKeyDoesNotFit) {
    const TempDir directory;
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    KeyStoreSource source =
        source_of(directory.write("client.pem", client.chain_pem()), std::nullopt);
    source.key_file = data("pkcs8.key");

    const LoadResult<LoadedIdentity> loaded = load_identity(source);

    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, LoadErrorCode::key_mismatch);
    const std::string key = data("pkcs8.key").string();
    EXPECT_EQ(
        loaded.error().message(),
        "the private key in " + key + " does not belong to the certificate in " +
            source.file.string() +
            " (CN=client). Name under `key` the private key with which the certificate was "
            "requested, or under `file` the certificate that was issued for " +
            key + "."
    );
}

TEST(LoadIdentity, PrefersTheRenewedCertificateOfOneKey) {
    const TempDir directory;
    const Ca root = Ca::root("Root");
    const Issued old = root.issue({.common_name = "old", .not_after = std::chrono::hours{1}});
    const Issued renewed = root.issue({.common_name = "renewed"}, old.key.get());
    const auto file = directory.write(
        "client.pem", old.certificate_pem() + renewed.certificate_pem() + old.key_pem()
    );

    const LoadedIdentity loaded = load_identity(source_of(file)).value();

    EXPECT_EQ(loaded.identity.subject(), "CN=renewed");
    EXPECT_TRUE(loaded.identity.chain().empty());
}

TEST(LoadIdentity, RefusesAPrivateKeyWithoutItsTruePublicPart) {
    const TempDir directory;
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    const Issued other = Ca::root("Root").issue({.common_name = "other"});
    unsigned char* der = nullptr;
    const int length = i2d_PrivateKey(client.key.get(), &der);
    const std::string sec1{reinterpret_cast<char*>(der), static_cast<std::size_t>(length)};
    OPENSSL_free(der);
    // SEC1: the private number stands at offset 7, 32 bytes long; the public point follows.
    std::string damaged = sec1;
    damaged[20] = static_cast<char>(damaged[20] ^ 1);
    const auto* data = reinterpret_cast<const unsigned char*>(damaged.data());
    Issued broken;
    broken.key.reset(d2i_AutoPrivateKey(nullptr, &data, length));
    ASSERT_TRUE(broken.key);
    const auto file = directory.write("client.pem", client.certificate_pem() + broken.key_pem());

    const LoadResult<LoadedIdentity> loaded = load_identity(source_of(file, std::nullopt));

    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, LoadErrorCode::key_mismatch);
    EXPECT_NE(loaded.error().message().find("damaged"), std::string::npos);
}

TEST(LoadIdentity, NeedsOneKeyInPem) {
    const TempDir directory;
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    const Issued other = Ca::root("Root").issue({.common_name = "other"});
    KeyStoreSource source = source_of(
        directory.write("both.pem", client.key_pem() + other.key_pem() + client.certificate_pem())
    );
    source.alias = "client";

    const LoadResult<LoadedIdentity> loaded = load_identity(source);

    EXPECT_EQ(code_of(loaded), LoadErrorCode::alias_needed);
    EXPECT_NE(loaded.error().message().find("PEM has no aliases"), std::string::npos);
}

TEST(LoadIdentity, ReadsTheErrorsOfThePasswordToo) {
    KeyStoreSource source = source_of(data("client.jks"));
    source.password = certs::PasswordFile{data("absent.password")};

    const LoadResult<LoadedIdentity> loaded = load_identity(source);

    EXPECT_EQ(code_of(loaded), LoadErrorCode::unreadable);
    EXPECT_EQ(loaded.error().where, data("absent.password"));
}

}  // namespace
}  // namespace countersign::tests
