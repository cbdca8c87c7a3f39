#include "certs/pkcs12.hpp"

#include <gtest/gtest.h>
#include <openssl/pkcs12.h>

#include "certs/certificate.hpp"
#include "certs/edit/store_draft.hpp"
#include "certs/identity_loader.hpp"
#include "tests/certs/ber.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::as_bytes;
using certs::KeyStoreEntries;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::OpensslHandle;
using Pkcs12Handle = OpensslHandle<PKCS12, PKCS12_free>;

LoadResult<KeyStoreEntries> read(
    std::string_view bytes, std::optional<certs::Secret> password = secret(kPassword)
) {
    return certs::read_pkcs12(as_bytes(bytes), password, "acme.p12");
}

LoadResult<KeyStoreEntries> read_data(std::string_view name) {
    return read(read_bytes(data(name)));
}

Pkcs12Handle parsed(const std::string& bytes) {
    const auto* der = reinterpret_cast<const unsigned char*>(bytes.data());
    return Pkcs12Handle{d2i_PKCS12(nullptr, &der, static_cast<long>(bytes.size()))};
}

std::string written(PKCS12* store) {
    unsigned char* der = nullptr;
    const int length = i2d_PKCS12(store, &der);
    std::string bytes{reinterpret_cast<char*>(der), static_cast<std::size_t>(length)};
    OPENSSL_free(der);
    return bytes;
}

TEST(ReadPkcs12, TakesFriendlyNamesForAliases) {
    const KeyStoreEntries entries = read_data("several.p12").value();

    ASSERT_EQ(entries.keys.size(), 2u);
    EXPECT_EQ(entries.keys[0].alias + entries.keys[1].alias, "mydomainsecond");
    for (const certs::KeyEntry& key : entries.keys) EXPECT_EQ(key.certificates.size(), 1u);
}

TEST(ReadPkcs12, ReadsNamesOfEveryScript) {
    // OpenSSL's own functions read none that ends with a character of three bytes, and write none
    // with a character of four.
    const Issued owner = Ca::self_signed({.common_name = "owner"});
    for (const std::string name :
         {"\u7f72\u540d\u9375", "k\u00fc", "\u5370", "\U0001f511", "a\U0001f511"}) {
        certs::StoreDraft draft{certs::Container::pkcs12, secret(kPassword), "new"};
        ASSERT_FALSE(draft.add_key(name, owner.key.get(), {}, std::nullopt, std::nullopt));
        const auto bytes = draft.write(std::chrono::milliseconds{0});
        ASSERT_TRUE(bytes) << bytes.error().sentence;

        const KeyStoreEntries entries = read(certs::as_text(*bytes)).value();

        ASSERT_EQ(entries.keys.size(), 1u);
        EXPECT_EQ(entries.keys[0].alias, name);
    }
}

TEST(ReadPkcs12, CallsAKeyWithoutNameByItsNumber) {
    const KeyStoreEntries entries = read_data("nameless.p12").value();

    ASSERT_EQ(entries.keys.size(), 1u);
    EXPECT_EQ(entries.keys[0].alias, "1");
}

TEST(ReadPkcs12, TellsTrustedCertificatesFromTheChain) {
    const KeyStoreEntries java = read_data("java.p12").value();

    ASSERT_EQ(java.trusted.size(), 1u);
    EXPECT_EQ(java.trusted[0].alias, "partner");
    EXPECT_EQ(java.loose.size(), 2u);
    EXPECT_TRUE(read_data("modern.p12")->trusted.empty());
}

TEST(ReadPkcs12, LeavesTheKeysSealed) {
    for (const char* file : {"modern.p12", "legacy.p12", "java.p12"}) {
        EXPECT_TRUE(read_data(file)->keys[0].key.encrypted()) << file;
    }
    EXPECT_FALSE(read_data("no-password.p12")->keys[0].key.encrypted());
}

TEST(ReadPkcs12, DoesNotWeakenTheRestOfTheProcess) {
    ASSERT_TRUE(read_data("legacy.p12"));

    const OpensslHandle<EVP_CIPHER, EVP_CIPHER_free> rc2{
        EVP_CIPHER_fetch(nullptr, "RC2-40-CBC", nullptr)};

    EXPECT_FALSE(rc2);
    certs::drain_openssl_errors();
}

TEST(ReadPkcs12, NamesThePackageWhereTheLegacyProviderIsMissing) {
    const ScopedEnvironment nowhere{"OPENSSL_MODULES", "/nonexistent"};

    const LoadResult<KeyStoreEntries> entries = read_data("legacy.p12");

    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().code, LoadErrorCode::unsupported);
    EXPECT_NE(entries.error().message().find("RC2-40-CBC"), std::string::npos)
        << entries.error().message();
    EXPECT_NE(entries.error().message().find("openssl-provider-legacy"), std::string::npos);
    EXPECT_TRUE(read_data("modern.p12"));
}

TEST(ReadPkcs12, RefusesAMacThatWouldTakeForever) {
    const Pkcs12Handle store = parsed(read_bytes(data("modern.p12")));
    const ASN1_INTEGER* iterations = nullptr;
    PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, store.get());
    ASN1_INTEGER_set(const_cast<ASN1_INTEGER*>(iterations), 2'000'000'000);

    const LoadResult<KeyStoreEntries> entries = read(written(store.get()));

    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().code, LoadErrorCode::unsupported);
    EXPECT_NE(entries.error().message().find("iterations"), std::string::npos);
}

TEST(ReadPkcs12, SaysWhichMacItDoesNotKnow) {
    const Pkcs12Handle store = parsed(read_bytes(data("modern.p12")));
    const X509_ALGOR* algorithm = nullptr;
    PKCS12_get0_mac(nullptr, &algorithm, nullptr, nullptr, store.get());
    X509_ALGOR_set0(
        const_cast<X509_ALGOR*>(algorithm), OBJ_txt2obj("1.2.3.4", 1), V_ASN1_NULL, nullptr
    );

    const LoadResult<KeyStoreEntries> entries = read(written(store.get()));

    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().code, LoadErrorCode::unsupported);
}

/// The same file with `change` made of what its MAC would cover.
template <class Change>
std::string with_content(const std::string& bytes, Change change) {
    const Pkcs12Handle store = parsed(bytes);
    STACK_OF(PKCS7)* const safes = PKCS12_unpack_authsafes(store.get());
    unsigned char* der = nullptr;
    const int length =
        ASN1_item_i2d(reinterpret_cast<ASN1_VALUE*>(safes), &der, ASN1_ITEM_rptr(PKCS12_AUTHSAFES));
    sk_PKCS7_pop_free(safes, PKCS7_free);
    const std::string content{reinterpret_cast<char*>(der), static_cast<std::size_t>(length)};
    OPENSSL_free(der);
    const std::size_t at = bytes.find(content);
    if (at == bytes.npos) throw std::runtime_error{"not there"};
    // Around it: OCTET STRING, [0], ContentInfo with its type, PFX with its version, all open-ended
    // but the first.
    const auto element = [](std::string_view tag, const std::string& inside) {
        return std::string{tag} + "\x80" + inside + std::string(2, '\0');
    };
    const std::string changed = change(content);
    const std::string head{
        '\x04', '\x82', static_cast<char>(changed.size() >> 8), static_cast<char>(changed.size())};
    const std::string type = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    return element(
        "\x30", "\x02\x01\x03" + element("\x30", type + element("\xa0", head + changed))
    );
}

TEST(ReadPkcs12, ReadsLengthsThatAreLeftOpen) {
    const auto identity_of = [](const std::string& bytes, const char* file) {
        const certs::KeyStoreSource source = source_of(data(file));
        return certs::IdentityLoader{source}.load(as_bytes(bytes));
    };
    for (const char* file : {"modern.p12", "legacy.p12", "java.p12", "pbmac1.p12"}) {
        const std::string bytes = read_bytes(data(file));

        const auto loaded = identity_of(indefinite(bytes, 4), file);

        ASSERT_TRUE(loaded) << file << ": " << loaded.error().message();
        EXPECT_EQ(
            fingerprint_of(loaded->identity), fingerprint_of(identity_of(bytes, file)->identity)
        );
    }
    const std::string unprotected = read_bytes(data("no-password.p12"));
    for (const int depth : {1, 3, 6}) {
        const auto loaded = identity_of(
            with_content(unprotected, [depth](const auto& der) { return indefinite(der, depth); }),
            "no-password.p12"
        );

        ASSERT_TRUE(loaded) << depth << ": " << loaded.error().message();
        EXPECT_EQ(loaded->identity.chain().size(), 1u);
    }
}

TEST(ReadPkcs12, ReadsWhatTheThrowAwayCaWrites) {
    const Issued client = Ca::root("Root").intermediate("Lower").issue({.common_name = "client"});

    for (const auto protection : {Pkcs12Protection::modern, Pkcs12Protection::legacy}) {
        const LoadResult<KeyStoreEntries> entries =
            read(client.pkcs12(kPassword, "acme", protection));

        ASSERT_TRUE(entries) << entries.error().message();
        EXPECT_EQ(entries->keys.at(0).alias, "acme");
        EXPECT_EQ(entries->loose.size(), 2u);
    }
}

}  // namespace
}  // namespace countersign::tests
