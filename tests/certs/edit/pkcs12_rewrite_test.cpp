#include <gtest/gtest.h>

#include "certs/certificate.hpp"
#include "certs/edit/copy_entries.hpp"
#include "certs/identity_loader.hpp"
#include "tests/certs/edit/kept.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::StoreDraft;

/// BouncyCastle's file has a password; the others open without one, and are written without.
std::optional<std::string_view> password_of(std::string_view name) {
    if (name == "bouncycastle.p12" || name == "modern.p12") return kPassword;
    return std::nullopt;
}

StoreDraft draft_of_data(std::string_view name) {
    return draft_of(read_bytes(data(name)), password_of(name));
}

/// The identity under an alias, as a profile gets it.
std::string identity(std::string_view bytes, const std::string& alias, std::string_view file) {
    certs::KeyStoreSource source = source_of("store.p12", password_of(file));
    source.alias = alias;
    auto loaded = certs::IdentityLoader{source}.load(certs::as_bytes(bytes));
    if (!loaded) return loaded.error().message();
    return fingerprint_of(loaded->identity);
}

/// Which certificates the file itself ties to each key: what other programs go by.
std::string ties(std::string_view bytes, std::string_view file) {
    const auto password = password_of(file);
    const auto entries =
        certs::read_entries(
            certs::as_bytes(bytes), password ? secret(*password) : std::nullopt, "store"
        )
            .value();
    std::string text;
    for (const certs::KeyEntry& entry : entries.keys) {
        text += entry.alias + ":";
        for (const auto& each : entry.certificates) text += " " + certs::subject_of(each.get());
        text += ";";
    }
    return text;
}

const struct {
    const char* file;
    const char* told;
    const char* ties;
} kTied[] = {
    {"shared-id.p12",
     "first: CN=client, O=Acme, C=DE, CN=Test Issuing; second: CN=second, CN=Test Issuing",
     "first: CN=client, O=Acme, C=DE;second: CN=second;"},
    {"crossed-id.p12",
     "first: CN=client, O=Acme, C=DE, CN=Test Issuing; second: CN=second, CN=Test Issuing",
     "first: CN=client, O=Acme, C=DE;second: CN=second;"},
    {"bouncycastle.p12",
     "second: CN=client, O=Acme, C=DE, CN=Test Issuing, CN=Test Root; "
     "first: CN=client, O=Acme, C=DE, CN=Test Issuing, CN=Test Root",
     "second: CN=client, O=Acme, C=DE;first: CN=client, O=Acme, C=DE;"},
};

TEST(Pkcs12Rewrite, FindsTheCertificateOfAKeyByItsPublicKey) {
    for (const auto& [file, expected, unused] : kTied) {
        EXPECT_EQ(told(draft_of_data(file)), expected) << file;
    }
}

TEST(Pkcs12Rewrite, GivesEveryKeyATieOfItsOwn) {
    const Issued other = Ca::self_signed({.common_name = "other"});
    for (const auto& [file, expected, tied] : kTied) {
        StoreDraft draft = draft_of_data(file);
        ASSERT_FALSE(draft.add_trusted("other", certs::share(other.certificate.get())));

        const std::string bytes = written(draft);

        EXPECT_EQ(
            told(draft_of(bytes, password_of(file))),
            std::string{expected} + "; trusted other: CN=other"
        );
        EXPECT_EQ(ties(bytes, file), tied) << file;
        EXPECT_EQ(lost(draft_of_data(file), draft_of(bytes, password_of(file))), "") << file;
    }
}

TEST(Pkcs12Rewrite, LoadsTheIdentityOfEveryKeyBeforeAndAfter) {
    for (const auto& [file, unused, unused2] : kTied) {
        const std::string before = read_bytes(data(file));
        StoreDraft draft = draft_of_data(file);
        const std::string after = written(draft);
        for (const char* alias : {"first", "second"}) {
            EXPECT_EQ(identity(after, alias, file), identity(before, alias, file)) << file;
            EXPECT_EQ(identity(before, alias, file).find("is not"), std::string::npos)
                << identity(before, alias, file);
        }
    }
}

TEST(Pkcs12Rewrite, DeletesOneOfTwoKeysThatShareAnIdAndLeavesTheOther) {
    StoreDraft shared = draft_of_data("shared-id.p12");
    StoreDraft bouncy = draft_of_data("bouncycastle.p12");
    ASSERT_FALSE(shared.remove("first"));
    ASSERT_FALSE(bouncy.remove("first"));

    EXPECT_EQ(told(draft_of(written(shared), std::nullopt)), "second: CN=second, CN=Test Issuing");
    EXPECT_EQ(
        told(draft_of(written(bouncy))),
        "second: CN=client, O=Acme, C=DE, CN=Test Issuing, CN=Test Root"
    );
}

TEST(Pkcs12Rewrite, KeepsBagsNamesAndAttributes) {
    const StoreDraft before = draft_of_data("everything.p12");
    const Issued other = Ca::self_signed({.common_name = "other"});
    StoreDraft draft = draft_of_data("everything.p12");
    ASSERT_FALSE(draft.add_trusted("other", certs::share(other.certificate.get())));

    const StoreDraft after = draft_of(written(draft), std::nullopt);

    EXPECT_EQ(
        told(after),
        "mydomain: CN=client, O=Acme, C=DE, CN=Test Issuing, CN=Test Root; "
        "trusted other: CN=other; loose CN=second"
    );
    EXPECT_EQ(lost(before, after), "");
    // What the comparison went by was there.
    const StoreDraft nothing{certs::Container::pkcs12, std::nullopt, "nothing"};
    for (const char* what :
         {"the secret key aes", "a CRL", "a bag of the type 1.2.3.4.5",
          "the name 'My certificate' of the certificate of CN=client",
          "the name 'Our issuer' of the certificate of CN=Test Issuing",
          "the name 'Our root' of the certificate of CN=Test Root",
          "the name 'somebody else' of the certificate of CN=second",
          "Microsoft CSP Name of the private key under the alias mydomain"}) {
        EXPECT_NE(lost(after, nothing).find(what), std::string::npos) << what;
    }
}

TEST(Pkcs12Rewrite, KeepsTheLocalKeyIdThatWasThere) {
    StoreDraft draft = draft_of_data("modern.p12");

    const std::string bytes = written(draft);

    const std::string id = "\x04\x14";  // an OCTET STRING of 20 bytes: OpenSSL's, a digest
    const auto of = [&](const StoreDraft& store) {
        const auto& bag = store.entries().keys[0].bag;
        const std::string text{bag.begin(), bag.end()};
        return text.substr(text.rfind(id));
    };
    EXPECT_EQ(of(draft_of(bytes)), of(draft_of_data("modern.p12")));
}

TEST(Pkcs12Rewrite, CarriesAllOfItIntoANewPkcs12OrTellsWhatItHasNoPlaceFor) {
    const StoreDraft from = draft_of(read_bytes(data("everything.p12")));
    const auto copy = [&](certs::Container container, std::string_view password) {
        StoreDraft to{container, secret(password), "new"};
        auto copied = certs::copy_entries(
            from, to, std::nullopt,
            [&](std::size_t key) -> certs::EditResult<certs::PrivateKeyHandle> {
                return std::move(from.open(key, {}).value());
            }
        );
        std::string text;
        for (const std::string& each : copied.value().lost) text += each + ";";
        const StoreDraft again = draft_of(written(to), password);
        EXPECT_EQ(again.entries().keys.size(), 1u);
        return text;
    };

    EXPECT_EQ(copy(certs::Container::pkcs12, kPassword), "");
    EXPECT_NE(
        copy(certs::Container::pkcs12, "another").find("the secret key aes"), std::string::npos
    );
    const std::string jks = copy(certs::Container::jks, kPassword);
    for (const char* what :
         {"the secret key aes", "a CRL", "1.2.3.4.5", "the certificate of CN=second",
          "the name 'Our issuer'"}) {
        EXPECT_NE(jks.find(what), std::string::npos) << what << " is not in " << jks;
    }
    EXPECT_EQ(jks.find("My certificate"), std::string::npos) << jks;
    const std::string pem = copy(certs::Container::pem, kPassword);
    EXPECT_NE(pem.find("the name 'somebody else' of the certificate of CN=second;"), pem.npos);
    EXPECT_EQ(pem.find(";the certificate of"), pem.npos) << pem;
}

}  // namespace
}  // namespace countersign::tests
