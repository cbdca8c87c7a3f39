#include "certs/edit/store_draft.hpp"

#include <gtest/gtest.h>

#include "certs/certificate.hpp"
#include "certs/edit/copy_entries.hpp"
#include "certs/edit/new_password.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Container;
using certs::LoadErrorCode;
using certs::Secret;
using certs::StoreDraft;
using std::chrono::milliseconds;

constexpr milliseconds kNow{1'790'000'000'123};
constexpr Container kContainers[] = {
    Container::jks, Container::jceks, Container::pkcs12, Container::pem};

std::vector<certs::X509Handle> whole_chain(const Issued& issued) {
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(issued.certificate.get()));
    for (const auto& above : issued.chain) chain.push_back(certs::share(above.get()));
    return chain;
}

StoreDraft reread(StoreDraft& draft, const std::optional<Secret>& password) {
    const auto bytes = draft.write(kNow).value();
    return StoreDraft::read(bytes, password, "again").value();
}

std::string subjects(const std::vector<certs::X509Handle>& certificates) {
    std::string text;
    for (const auto& each : certificates) text += certs::subject_of(each.get()) + ";";
    return text;
}

TEST(StoreDraft, KeepsEveryKindOfKeyInEveryContainer) {
    const Ca issuing = Ca::root("Root").intermediate("Issuing");
    for (const Container container : kContainers) {
        for (const KeyKind kind :
             {KeyKind::rsa_2048, KeyKind::rsa_pss_2048, KeyKind::ec_p256, KeyKind::ec_p384,
              KeyKind::ec_p521, KeyKind::ed25519, KeyKind::ed448}) {
            SCOPED_TRACE(std::string{name_of(container)} + " " + std::to_string(int(kind)));
            const Issued client = issuing.issue({.common_name = "client", .key_kind = kind});
            StoreDraft draft{container, secret(kPassword), "new"};
            ASSERT_FALSE(draft.add_key("Acme", client.key.get(), whole_chain(client), {}));

            const StoreDraft again = reread(draft, secret(kPassword));

            EXPECT_EQ(again.container(), container);
            ASSERT_EQ(again.entries().keys.size(), 1u);
            const certs::KeyEntry& entry = again.entries().keys[0];
            EXPECT_EQ(entry.alias, container == Container::pem ? "" : "acme");
            EXPECT_EQ(subjects(entry.certificates), "CN=client;CN=Issuing;CN=Root;");
            EXPECT_TRUE(again.entries().loose.empty());
            const auto key = again.open(0, {});
            ASSERT_TRUE(key) << key.error().message();
            EXPECT_EQ(EVP_PKEY_eq(key->get(), client.key.get()), 1);
            if (container != Container::pem) {
                EXPECT_EQ(
                    StoreDraft::read(draft.write(kNow).value(), secret("wrong1"), "x").error().code,
                    LoadErrorCode::wrong_password
                );
            }
        }
    }
}

TEST(StoreDraft, KeepsTrustedCertificatesAndTimesOfCreation) {
    const Ca root = Ca::root("Root");
    for (const Container container : {Container::jks, Container::jceks, Container::pkcs12}) {
        StoreDraft draft{container, secret(kPassword), "new"};
        const Issued client = root.issue({.common_name = "client"});
        ASSERT_FALSE(draft.add_key(
            "key", client.key.get(), whole_chain(client), {}, milliseconds{1'600'000'000'000}
        ));
        ASSERT_FALSE(draft.add_trusted("Größe", certs::share(client.chain[0].get())));

        const StoreDraft again = reread(draft, secret(kPassword));

        EXPECT_EQ(again.entries().keys[0].created, milliseconds{1'600'000'000'000});
        ASSERT_EQ(again.entries().trusted.size(), 1u) << name_of(container);
        EXPECT_EQ(again.entries().trusted[0].alias, "größe");
        if (is_java(container)) {
            EXPECT_EQ(again.entries().trusted[0].created, kNow);
        }
        EXPECT_EQ(again.entries().keys[0].certificates.size(), 2u);
    }
}

TEST(StoreDraft, KeepsTwoKeysOfOneMomentApart) {
    const Ca root = Ca::root("Root");
    const Issued a = root.issue({.common_name = "a"});
    const Issued b = root.issue({.common_name = "b"});
    StoreDraft draft{Container::pkcs12, secret(kPassword), "new"};
    ASSERT_FALSE(draft.add_key("a", a.key.get(), whole_chain(a), {}));
    ASSERT_FALSE(draft.add_key("b", b.key.get(), whole_chain(b), {}));

    const StoreDraft again = reread(draft, secret(kPassword));

    ASSERT_EQ(again.entries().keys.size(), 2u);
    EXPECT_EQ(subjects(again.entries().keys[0].certificates), "CN=a;CN=Root;");
    EXPECT_EQ(subjects(again.entries().keys[1].certificates), "CN=b;CN=Root;");
}

TEST(StoreDraft, ChangesOneEntryAndLeavesAKeyWhosePasswordNobodyGave) {
    for (const char* file : {"several.jks"}) {
        StoreDraft draft =
            StoreDraft::read(certs::as_bytes(read_bytes(data(file))), secret(kPassword), file)
                .value();
        ASSERT_FALSE(draft.remove("PARTNER"));

        const StoreDraft again = reread(draft, secret(kPassword));

        EXPECT_TRUE(again.entries().trusted.empty());
        const std::size_t second = again.choose("second").value();
        EXPECT_TRUE(again.open(second, secret("keypass")));
        const auto refused = again.open(second, {});
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().detail.find("a password of its own"), std::string::npos);
    }
}

TEST(StoreDraft, KeepsAKeyPasswordOfItsOwnInJavasContainersOnly) {
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    for (const Container container : kContainers) {
        StoreDraft draft{container, secret(kPassword), "new"};

        const auto error =
            draft.add_key("key", client.key.get(), whole_chain(client), secret("keypass"));

        if (is_java(container)) {
            ASSERT_FALSE(error);
            const StoreDraft again = reread(draft, secret(kPassword));
            EXPECT_FALSE(again.open(0, {}));
            EXPECT_TRUE(again.open(0, secret("keypass")));
        } else {
            ASSERT_TRUE(error) << name_of(container);
            EXPECT_NE(error->sentence.find("one password"), std::string::npos);
        }
    }
}

TEST(StoreDraft, WritesWithoutAPasswordWhereThatIsPossible) {
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    for (const Container container : kContainers) {
        StoreDraft draft{container, {}, "new"};

        const auto error = draft.add_key("key", client.key.get(), whole_chain(client), {});

        ASSERT_EQ(error.has_value(), is_java(container)) << name_of(container);
        if (error) continue;
        const StoreDraft again = reread(draft, {});
        EXPECT_TRUE(again.open(0, {}));
    }
}

TEST(StoreDraft, SealsAKeyThatLayInTheClearOnceAPasswordIsGiven) {
    const auto bytes = read_bytes(data("no-password.p12"));
    StoreDraft draft =
        StoreDraft::read(certs::as_bytes(bytes), secret(kPassword), "no-password.p12").value();

    const StoreDraft again = reread(draft, secret(kPassword));

    EXPECT_TRUE(again.entries().keys[0].key.encrypted());
    EXPECT_TRUE(again.open(0, {}));
}

TEST(StoreDraft, RefusesAnAliasThatIsTakenWhateverItsCase) {
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    StoreDraft draft{Container::jks, secret(kPassword), "acme.jks"};
    ASSERT_FALSE(draft.add_key("Mydomain", client.key.get(), whole_chain(client), {}));

    const auto key = draft.add_key("MYDOMAIN", client.key.get(), whole_chain(client), {});
    const auto trusted = draft.add_trusted("mydomain", certs::share(client.certificate.get()));
    const auto nameless = draft.add_trusted("", certs::share(client.certificate.get()));

    ASSERT_TRUE(key && trusted && nameless);
    EXPECT_NE(
        key->sentence.find("acme.jks has an entry with the alias 'MYDOMAIN'"), std::string::npos
    );
    EXPECT_EQ(draft.entries().keys.size(), 1u);
    EXPECT_TRUE(draft.entries().trusted.empty());
}

TEST(StoreDraft, RefusesToWriteWhatItCouldNotKeep) {
    StoreDraft with_secret_key =
        StoreDraft::read(
            certs::as_bytes(read_bytes(data("client.jceks"))), secret(kPassword), "client.jceks"
        )
            .value();
    StoreDraft bundle =
        StoreDraft::read(certs::as_bytes(read_bytes(data("bundle.p7b"))), {}, "bundle.p7b").value();

    const auto lossy = with_secret_key.write(kNow);
    const auto foreign = bundle.write(kNow);

    ASSERT_FALSE(lossy);
    EXPECT_NE(lossy.error().sentence.find("alias aes is a secret key"), std::string::npos);
    ASSERT_FALSE(foreign);
    EXPECT_NE(foreign.error().sentence.find("is a bundle of certificates"), std::string::npos);
}

TEST(StoreDraft, TakesNoMoreEntriesThanAnyRealStoreHas) {
    const std::string one = Ca::root("Root").certificate_pem();
    std::string text;
    for (int i = 0; i < 5000; ++i) text += one;

    const auto most = StoreDraft::read(certs::as_bytes(text), {}, "store.pem");
    const std::string more = text + one;
    const auto refused = StoreDraft::read(certs::as_bytes(more), {}, "store.pem");

    EXPECT_TRUE(most);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, LoadErrorCode::too_much);
    EXPECT_EQ(refused.error().detail, "more than 5000 keys and certificates together");
}

TEST(CopyEntries, PutsPemInOrderAndReencryptsAnOldForm) {
    const std::string pem = read_bytes(data("chain.pem")) + read_bytes(data("sec1-encrypted.key"));
    const StoreDraft draft =
        StoreDraft::read(certs::as_bytes(pem), secret(kPassword), "client.pem").value();
    StoreDraft target{Container::pem, secret("another"), "new.pem"};
    ASSERT_TRUE(certs::copy_entries(
        draft, target, std::nullopt,
        [&](std::size_t key) -> certs::EditResult<certs::PrivateKeyHandle> {
            return std::move(draft.open(key, {}).value());
        }
    ));

    const auto bytes = target.write(kNow).value();

    const std::string_view text = certs::as_text(bytes);
    EXPECT_TRUE(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    EXPECT_TRUE(StoreDraft::read(bytes, secret("another"), "x").value().open(0, {}));
    EXPECT_EQ(text.find("EC PRIVATE KEY"), std::string_view::npos);
}

TEST(StoreDraft, HoldsOneKeyInPem) {
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    StoreDraft draft{Container::pem, {}, "client.pem"};
    ASSERT_FALSE(draft.add_key("", client.key.get(), whole_chain(client), {}));

    const auto second = draft.add_key("", client.key.get(), whole_chain(client), {});

    ASSERT_TRUE(second);
    EXPECT_NE(second->sentence.find("PEM has no aliases"), std::string::npos);
}

TEST(CopyEntries, CarriesEveryContainerIntoEveryOther) {
    const Ca root = Ca::root("Root");
    const Issued client = root.intermediate("Issuing").issue({.common_name = "client"});
    for (const Container from : kContainers) {
        StoreDraft source{from, secret(kPassword), "old"};
        ASSERT_FALSE(source.add_key("key", client.key.get(), whole_chain(client), {}));
        ASSERT_FALSE(
            source.add_trusted("other", Ca::root("Other").issue({.common_name = "x"}).certificate)
        );
        const StoreDraft old = reread(source, secret(kPassword));
        for (const Container to : kContainers) {
            SCOPED_TRACE(std::string{name_of(from)} + " to " + std::string{name_of(to)});
            StoreDraft target{to, secret("another"), "new"};

            const auto copied = certs::copy_entries(
                old, target, std::nullopt,
                [&](std::size_t key) -> certs::EditResult<certs::PrivateKeyHandle> {
                    auto opened = old.open(key, {});
                    if (!opened) return edit_error(opened.error());
                    return std::move(*opened);
                }
            );

            ASSERT_TRUE(copied) << copied.error().sentence;
            const StoreDraft again = reread(target, secret("another"));
            ASSERT_EQ(again.entries().keys.size(), 1u);
            EXPECT_EQ(
                subjects(again.entries().keys[0].certificates), "CN=client;CN=Issuing;CN=Root;"
            );
            EXPECT_EQ(EVP_PKEY_eq(again.open(0, {})->get(), client.key.get()), 1);
            const bool keeps_other = from != Container::pem || !is_java(to);
            EXPECT_EQ(again.entries().trusted.size() + again.entries().loose.size(), keeps_other);
            const bool loses_marks = to == Container::pem && from != Container::pem;
            const bool loses_other = from == Container::pem && is_java(to);
            EXPECT_EQ(copied->changes.size(), loses_marks ? 1u : 0u);
            EXPECT_EQ(copied->lost.size(), loses_other ? 1u : 0u);
            EXPECT_TRUE(copied->unsaid.empty());
        }
    }
}

// As OpenSSL does of itself from 3.3 on.
TEST(CopyEntries, KnowsJavasMarkWhereOpenSslHasANameForIt) {
    OBJ_create("2.16.840.1.113894.746875.1.1", "oracle-jdk-trustedkeyusage", "Trusted key usage");
    StoreDraft source{Container::pkcs12, secret(kPassword), "old"};
    ASSERT_FALSE(
        source.add_trusted("other", Ca::root("Other").issue({.common_name = "x"}).certificate)
    );
    const StoreDraft old = reread(source, secret(kPassword));
    StoreDraft target{Container::jks, secret("another"), "new"};

    const auto copied = certs::copy_entries(
        old, target, std::nullopt,
        [&](std::size_t key) -> certs::EditResult<certs::PrivateKeyHandle> {
            return std::move(*old.open(key, {}));
        }
    );

    ASSERT_TRUE(copied) << copied.error().sentence;
    EXPECT_TRUE(copied->unsaid.empty());
    EXPECT_EQ(reread(target, secret("another")).entries().trusted.size(), 1U);
}

TEST(JudgeNewPassword, KeepsWithWhatTheToolsAccept) {
    using certs::judge_new_password;
    EXPECT_TRUE(judge_new_password(Container::jks, secret("sixsix"))->empty());
    EXPECT_TRUE(judge_new_password(Container::jks, secret("pässwörd€"))->empty());
    EXPECT_EQ(judge_new_password(Container::pkcs12, secret("pässwörd€"))->size(), 1u);
    EXPECT_FALSE(judge_new_password(Container::jceks, secret("pässwörd€")));
    EXPECT_FALSE(judge_new_password(Container::jks, secret("short")));
    EXPECT_FALSE(judge_new_password(Container::pkcs12, secret("")));
    EXPECT_FALSE(judge_new_password(Container::pem, secret("")));
    EXPECT_TRUE(judge_new_password(Container::pem, secret("abc")));
    EXPECT_FALSE(judge_new_password(Container::jks, std::nullopt));
    EXPECT_TRUE(judge_new_password(Container::pkcs12, std::nullopt));
}

}  // namespace
}  // namespace countersign::tests
