#include "proxy/generation/tls_build.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "certs/certificate.hpp"
#include "tests/support/ca.hpp"

namespace countersign::proxy::generation {
namespace {

using tests::Ca;

Shared<certs::TrustStore> trust_of(std::string pem) {
    return std::make_shared<const certs::TrustStore>(
        certs::TrustStore::load({certs::TrustInlinePem{std::move(pem), "x"}}).value()
    );
}

/// Its chain is not there.
Shared<certs::Identity> identity_of(const Ca& issuer, const std::string& name) {
    tests::Issued issued = issuer.issue({.common_name = name, .client_auth = true});
    return std::make_shared<const certs::Identity>(
        certs::Identity::from(std::move(issued.key), std::move(issued.certificate), {}, "x").value()
    );
}

/// More than one thread makes.
class ManyTls : public testing::Test {
protected:
    static constexpr std::size_t kMany = 150;

    ManyTls() {
        for (std::size_t i = 0; i < kMany; ++i) {
            wanted_.push_back({{identity_of(issuer_, std::to_string(i)), trust_, {}}});
        }
    }

    std::vector<TlsResult> make(std::vector<WantedTls> wanted) {
        KeyMaterial::Completed before = std::exchange(completed_, {});
        return make_tls(std::move(wanted), completed_, before);
    }

    const Ca root_ = Ca::root("Root");
    const Ca issuer_ = root_.intermediate("Issuer");
    const Shared<certs::TrustStore> trust_ =
        trust_of(root_.certificate_pem() + issuer_.certificate_pem());
    std::vector<WantedTls> wanted_;
    KeyMaterial::Completed completed_;
};

TEST_F(ManyTls, AreEachOfItsOwnIdentityWithItsChain) {
    const auto made = make(wanted_);

    ASSERT_EQ(made.size(), kMany);
    for (std::size_t i = 0; i < kMany; ++i) {
        const certs::Identity& identity = *(*made[i])->identity();
        EXPECT_EQ(identity.subject(), "CN=" + std::to_string(i));
        EXPECT_EQ(certs::subjects_of(identity.chain()), std::vector<std::string>{"CN=Issuer"});
    }
}

TEST_F(ManyTls, AreThoseOfBeforeWhereNothingHasChanged) {
    const auto first = make(wanted_);
    for (std::size_t i = 0; i < kMany; ++i) wanted_[i].before = *first[i];
    wanted_[7].parts.identity = identity_of(issuer_, "renewed");

    const auto second = make(wanted_);

    for (std::size_t i = 0; i < kMany; ++i) {
        EXPECT_EQ(*second[i] == *first[i], i != 7) << i;
    }
    EXPECT_EQ((*second[7])->identity()->subject(), "CN=renewed");
}

TEST_F(ManyTls, AreNeverEqualThoughOfEqualParts) {
    for (WantedTls& one : wanted_) one.parts = wanted_[0].parts;

    const auto made = make(wanted_);

    std::set<const tls::TlsContext*> contexts;
    for (const TlsResult& one : made) {
        EXPECT_EQ((*one)->identity(), (*made[0])->identity());
        contexts.insert(&**one);
    }
    EXPECT_EQ(contexts.size(), kMany);
}

TEST_F(ManyTls, HaveTheProblemOfThoseThatAreTheSame) {
    for (const std::size_t i : {3U, 100U}) {
        wanted_[i].parts = wanted_[0].parts;
        wanted_[i].parts.rules.offer.groups = {"no such group"};
    }

    const auto made = make(wanted_);

    for (std::size_t i = 0; i < kMany; ++i) {
        EXPECT_EQ(made[i].has_error(), i == 3 || i == 100) << i;
    }
    EXPECT_EQ(made[3].error(), made[100].error());
    EXPECT_FALSE(made[3].error().empty());
}

TEST_F(ManyTls, OfOneIdentityHaveTheChainOfWhatEachTrusts) {
    const auto root_alone = trust_of(root_.certificate_pem());
    for (std::size_t i = 0; i < kMany; ++i) {
        wanted_[i].parts = {wanted_[0].parts.identity, i % 2 == 0 ? trust_ : root_alone, {}};
    }

    const auto made = make(wanted_);

    for (std::size_t i = 0; i < kMany; ++i) {
        EXPECT_EQ((*made[i])->identity()->chain().size(), i % 2 == 0 ? 1u : 0u);
    }
}

}  // namespace
}  // namespace countersign::proxy::generation
