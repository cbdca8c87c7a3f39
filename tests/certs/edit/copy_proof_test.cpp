// What is copied into another store is lost on the way, on purpose: it is seen, or told.
#include "certs/edit/copy_proof.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "certs/edit/copy_entries.hpp"
#include "tests/certs/edit/kept.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Container;
using certs::Inventory;
using certs::KeyStoreEntries;
using certs::StoreDraft;

constexpr std::chrono::milliseconds kNow{1'790'000'000'123};

/// What is lost between the reading of a store and its copy.
struct Fault {
    const char* name;
    std::function<void(KeyStoreEntries&)> lose;
    const char* told;
};

const Issued& stranger() {
    static const Issued kStranger = Ca::self_signed({.common_name = "stranger"});
    return kStranger;
}

/// Copies all that the bytes hold, when something of it was lost since it was read.
std::string copy_broken(
    const std::string& bytes, Container container, const Fault& fault,
    const certs::PrivateKeyHandle* other_key = nullptr
) {
    StoreDraft from = draft_of(bytes, is_java(container) ? std::optional{kPassword} : std::nullopt);
    static_cast<void>(from.held());
    fault.lose(const_cast<KeyStoreEntries&>(from.entries()));
    StoreDraft to{container, from.password(), "new"};
    const auto copied = certs::copy_entries(
        from, to, std::nullopt,
        [&](std::size_t key) -> certs::EditResult<certs::PrivateKeyHandle> {
            if (other_key != nullptr) {
                EVP_PKEY_up_ref(other_key->get());
                return certs::PrivateKeyHandle{other_key->get()};
            }
            return std::move(from.open(key, {}).value());
        }
    );
    if (!copied) return copied.error().sentence;
    std::string told;
    for (const std::string& each : copied->lost) told += each + ";";
    const auto written = to.write(kNow);
    return told + (written ? "written" : written.error().sentence);
}

TEST(BrokenCopy, IsSeenOrTold) {
    const std::string p12 = read_bytes(data("everything.p12"));
    StoreDraft java{Container::jks, secret(kPassword), "java"};
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(client.certificate.get()));
    chain.push_back(certs::share(client.chain.front().get()));
    ASSERT_FALSE(java.add_key("a", client.key.get(), std::move(chain), {}));
    ASSERT_FALSE(java.add_trusted("stranger", certs::share(stranger().certificate.get())));
    const std::string jks = written(java);
    const certs::PrivateKeyHandle other = make_key();
    const auto keep = [](KeyStoreEntries&) {};

    EXPECT_EQ(copy_broken(p12, Container::pkcs12, {"", keep, ""}), "written");
    EXPECT_EQ(copy_broken(jks, Container::jks, {"", keep, ""}), "written");
    const struct {
        const std::string& bytes;
        Container container;
        Fault fault;
    } kFaults[] = {
        {p12,
         Container::pkcs12,
         {"", [](auto& e) { e.carried.foreign_bags.pop_back(); }, "would lack a CRL"}},
        {p12,
         Container::pkcs12,
         {"", [](auto& e) { e.carried.certificate_bags.clear(); }, "the name 'My certificate'"}},
        {p12,
         Container::pkcs12,
         {"", [](auto& e) { e.loose.clear(); }, "the certificate of CN=second;"}},
        {jks,
         Container::jks,
         {"", [](auto& e) { e.keys.clear(); },
          "would lack the private key under the alias a; the chain under the alias a"}},
        {jks,
         Container::jks,
         {"", [](auto& e) { e.keys[0].certificates.pop_back(); },
          "would lack the chain under the alias a"}},
        {jks,
         Container::jks,
         {"", [](auto& e) { e.trusted.clear(); },
          "would lack the trusted certificate under the alias stranger, which was to be copied"}},
    };
    for (const auto& [bytes, container, fault] : kFaults) {
        const std::string said = copy_broken(bytes, container, fault);
        EXPECT_NE(said.find(fault.told), said.npos) << fault.told << ": " << said;
    }
    const std::string said = copy_broken(jks, Container::jks, {"", keep, ""}, &other);
    EXPECT_NE(said.find("would lack the private key under the alias a"), said.npos) << said;
}

TEST(ProveCopied, TakesACertificateForItsMarkOfTrustInPemAlone) {
    Inventory meant;
    Inventory copy;
    meant.add_trusted("stranger", stranger().certificate.get());
    copy.add_certificate(stranger().certificate.get());

    EXPECT_FALSE(certs::prove_copied(meant, copy, Container::pem, {}, "new"));
    for (const Container container : {Container::jks, Container::pkcs12}) {
        const auto error = certs::prove_copied(meant, copy, container, {}, "new");
        ASSERT_TRUE(error);
        EXPECT_NE(error->sentence.find("convert the store with another tool"), std::string::npos);
    }
}

TEST(CopyEntries, SayWhereTwoAliasesAreOneInTheNewStore) {
    const Fault renamed{
        "renamed", [](KeyStoreEntries& entries) { entries.keys[1].alias = "MYDOMAIN"; }, ""};

    const std::string told = copy_broken(read_bytes(data("several.p12")), Container::jks, renamed);

    EXPECT_NE(told.find(" has several entries with the alias 'MYDOMAIN', or differing"), told.npos)
        << told;
    EXPECT_NE(told.find("and new can have one. Give the others another alias"), told.npos) << told;
}

}  // namespace
}  // namespace countersign::tests
