#include "proxy/upstream/origin.hpp"

#include <gtest/gtest.h>

#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

class PoolKeyTest : public testing::Test {
protected:
    Partner partner_;
    std::shared_ptr<const tls::TlsContext> acme_ = partner_.context("acme");
    std::shared_ptr<const tls::TlsContext> other_ = partner_.context("other");
    PoolKey key_{"api.partner.example", 443, acme_};
};

TEST_F(PoolKeyTest, IsEqualToOneOfTheSameDestinationAndContext) {
    const PoolKey same{"api.partner.example", 443, acme_};

    EXPECT_EQ(key_.view(), same.view());
}

TEST_F(PoolKeyTest, DiffersWhenOnlyTheHostDiffers) {
    EXPECT_NE(key_.view(), (PoolKeyView{"www.partner.example", 443, acme_.get()}));
}

TEST_F(PoolKeyTest, DiffersWhenOnlyThePortDiffers) {
    EXPECT_NE(key_.view(), (PoolKeyView{"api.partner.example", 444, acme_.get()}));
}

TEST_F(PoolKeyTest, DiffersWhenOnlyTheIdentityDiffers) {
    EXPECT_NE(key_.view(), (PoolKeyView{"api.partner.example", 443, other_.get()}));
}

TEST_F(PoolKeyTest, DiffersWhenTheContextIsAnotherOfTheSameKind) {
    const auto again = partner_.context("acme");

    EXPECT_NE(key_.view(), (PoolKeyView{"api.partner.example", 443, again.get()}));
}

TEST_F(PoolKeyTest, DiffersWhenOnlyTheRulesForItsConnectionsDiffer) {
    const addresses::OriginRules rules;

    EXPECT_NE(key_.view(), (PoolKeyView{"api.partner.example", 443, acme_.get(), &rules}));
}

TEST_F(PoolKeyTest, APoolHasAnOriginForEachOfThem) {
    PoolWorld world;
    PooledOrigin& one = world.origin(443, acme_, {});

    EXPECT_EQ(&world.origin(443, acme_, {}), &one);
    EXPECT_NE(&world.origin(444, acme_, {}), &one);
    EXPECT_NE(&world.origin(443, other_, {}), &one);
    EXPECT_EQ(&world.origin(443, acme_, {}), &one);
}

TEST_F(PoolKeyTest, TheServerIsVerifiedByItsHostOrTheNameThatTheProfileGives) {
    profiles::TlsRules rules;
    rules.server_name = "other.name.example";
    const Origin plain{PoolKey{"api.partner.example", 443, acme_}};
    const Origin renamed{PoolKey{"api.partner.example", 443, partner_.context("x", rules)}};

    EXPECT_EQ(plain.server_name(), "api.partner.example");
    EXPECT_EQ(renamed.server_name(), "other.name.example");
}

}  // namespace
}  // namespace countersign::proxy::upstream
