#include "certs/key_choice.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"

namespace countersign::tests {
namespace {

using namespace std::chrono_literals;
using certs::choose_leaf;
using certs::KeyStoreEntries;
using certs::KeyStoreFormat;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::X509Handle;

KeyStoreEntries keys_named(std::initializer_list<const char*> aliases) {
    KeyStoreEntries entries;
    entries.found = KeyStoreFormat::pkcs12;
    for (const char* alias : aliases) entries.keys.push_back({alias, {}, {}});
    return entries;
}

LoadResult<std::size_t> choose_key(
    const certs::KeyStoreEntries& entries, const std::optional<std::string>& alias,
    const std::string& where
) {
    return certs::choose_key(entries, alias, where, certs::Audience::key_store_record);
}

TEST(ChooseKey, TakesTheOnlyKeyOrTheOneOfTheAlias) {
    EXPECT_EQ(choose_key(keys_named({"a"}), std::nullopt, "x").value(), 0u);
    EXPECT_EQ(choose_key(keys_named({"a", "b"}), "b", "x").value(), 1u);
    EXPECT_EQ(choose_key(keys_named({"a", "b"}), "B", "x").value(), 1u);
}

TEST(ChooseKey, PrefersTheExactAliasToOneThatDiffersByCase) {
    EXPECT_EQ(choose_key(keys_named({"ACME", "acme"}), "acme", "x").value(), 1u);
    EXPECT_EQ(
        choose_key(keys_named({"ACME", "acme"}), "Acme", "x").error().code,
        LoadErrorCode::alias_needed
    );
    EXPECT_EQ(
        choose_key(keys_named({"acme", "acme"}), "acme", "x").error().code,
        LoadErrorCode::alias_needed
    );
}

TEST(ChooseKey, ListsWhatThereIs) {
    const auto missing = choose_key(keys_named({"a", "b"}), "c", "acme.p12");
    const auto needed = choose_key(keys_named({"a", "b"}), std::nullopt, "acme.p12");
    const auto empty = choose_key(keys_named({}), std::nullopt, "acme.p12");

    EXPECT_EQ(missing.error().code, LoadErrorCode::alias_missing);
    EXPECT_EQ(missing.error().where, "acme.p12, alias c");
    EXPECT_EQ(
        missing.error().message(),
        "acme.p12 has no entry with the alias 'c'. Set `alias` to one of its private keys: a, b."
    );
    EXPECT_EQ(needed.error().code, LoadErrorCode::alias_needed);
    EXPECT_EQ(
        needed.error().message(),
        "acme.p12 holds several private keys: a, b. Set `alias` to the one that is meant."
    );
    EXPECT_EQ(empty.error().code, LoadErrorCode::no_private_key);
    EXPECT_EQ(empty.error().detail, "it is empty");
}

TEST(ChooseKey, SaysToWhoFillsInAFormAtWhichField) {
    constexpr auto kForm = certs::Audience::form;
    EXPECT_EQ(
        choose_key(keys_named({"a", "b"}), "c", "acme.p12", kForm).error().message(),
        "acme.p12 has no entry with the alias 'c'. Choose at 'Alias' one of its private keys: a, b."
    );
    EXPECT_EQ(
        choose_key(keys_named({"a", "b"}), std::nullopt, "acme.p12", kForm).error().message(),
        "acme.p12 holds several private keys: a, b. Choose the one that is meant at 'Alias'."
    );
}

TEST(ChooseKey, SaysToACommandWhichOptionItIs) {
    constexpr auto kCommand = certs::Audience::command;
    const auto missing = certs::choose_key(keys_named({"a"}), "c", "acme.p12", kCommand);
    const auto needed =
        certs::choose_key(keys_named({"a", "b"}), std::nullopt, "acme.p12", kCommand);

    EXPECT_EQ(missing.error().remedy, "Say --alias a, its only private key, or leave it out.");
    EXPECT_EQ(needed.error().remedy, "Say with --alias which one is meant.");
}

TEST(ChooseLeaf, TakesTheCertificateOfTheKey) {
    const Ca root = Ca::root("Root");
    Issued a = root.issue({.common_name = "a"});
    Issued b = root.issue({.common_name = "b"});
    std::vector<X509Handle> certificates;
    certificates.push_back(std::move(a.certificate));
    certificates.push_back(std::move(b.certificate));

    EXPECT_EQ(choose_leaf(certificates, b.key.get()), 1u);
    EXPECT_EQ(choose_leaf(certificates, make_key().get()), std::nullopt);
}

TEST(ChooseLeaf, PrefersTheReplyOfACaToTheSelfSignedPlaceholder) {
    Issued placeholder = Ca::self_signed({.common_name = "client", .not_after = 10'000h});
    Issued reply = Ca::root("Root").issue({.common_name = "client"}, placeholder.key.get());
    std::vector<X509Handle> certificates;
    certificates.push_back(std::move(placeholder.certificate));
    certificates.push_back(std::move(reply.certificate));

    EXPECT_EQ(choose_leaf(certificates, reply.key.get()), 1u);
}

}  // namespace
}  // namespace countersign::tests
