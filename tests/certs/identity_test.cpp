#include "certs/identity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <type_traits>

#include "certs/certificate.hpp"
#include "certs/signature_checks.hpp"
#include "tests/support/ca.hpp"

namespace countersign::tests {
namespace {

using namespace std::chrono_literals;
using certs::Identity;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::Standing;
using certs::standing_of;
using certs::X509Handle;
using certs::X509StoreHandle;

static_assert(!std::is_copy_constructible_v<Identity> && std::is_move_constructible_v<Identity>);

std::vector<std::string> chain_of(const Identity& identity) {
    std::vector<std::string> subjects;
    for (const X509Handle& above : identity.chain())
        subjects.push_back(certs::subject_of(above.get()));
    return subjects;
}

LoadResult<Identity> identity_of(Issued issued) {
    return Identity::from(
        std::move(issued.key), std::move(issued.certificate), std::move(issued.chain), "client.pem"
    );
}

TEST(Identity, OrdersTheChainUpwardsAndDropsTheRoot) {
    Issued client =
        Ca::root("Root").intermediate("Upper").intermediate("Lower").issue({.common_name = "client"}
        );
    std::ranges::reverse(client.chain);

    const Identity identity = identity_of(std::move(client)).value();

    EXPECT_EQ(identity.subject(), "CN=client");
    EXPECT_EQ(chain_of(identity), (std::vector<std::string>{"CN=Lower", "CN=Upper"}));
}

TEST(Identity, DropsDuplicatesTheLeafItselfAndStrangers) {
    const Ca lower = Ca::root("Root").intermediate("Lower");
    Issued client = lower.issue({.common_name = "client"});
    client.chain.push_back(certs::share(client.certificate.get()));
    client.chain.push_back(certs::share(client.chain[0].get()));
    Issued stranger = Ca::root("Other").intermediate("Stranger").issue({.common_name = "x"});
    client.chain.push_back(std::move(stranger.chain[0]));

    const Identity identity = identity_of(std::move(client)).value();

    EXPECT_EQ(chain_of(identity), (std::vector<std::string>{"CN=Lower"}));
}

TEST(Identity, DoesNotTakeAnAuthorityOfTheSameNameWithAnotherKey) {
    Issued client = Ca::root("Root").intermediate("Lower").issue({.common_name = "client"});
    Issued impostor = Ca::root("Root").intermediate("Lower").issue({.common_name = "client"});
    client.chain = std::move(impostor.chain);

    const Identity identity = identity_of(std::move(client)).value();

    EXPECT_TRUE(identity.chain().empty());
}

TEST(Identity, SendsTheCrossSignedTwinOfARootAndNotTheRoot) {
    const Ca root = Ca::root("New");
    Issued client = root.issue({.common_name = "client"});
    client.chain.push_back(Ca::root("Old").cross_sign(root));

    const Identity identity = identity_of(std::move(client)).value();

    ASSERT_EQ(chain_of(identity), (std::vector<std::string>{"CN=New"}));
    EXPECT_EQ(certs::issuer_of(identity.chain()[0].get()), "CN=Old");
}

TEST(Identity, EndsWhereTheChainIsIncomplete) {
    Issued client = Ca::root("Root").intermediate("Lower").issue({.common_name = "client"});
    client.chain.clear();

    const Identity identity = identity_of(std::move(client)).value();

    EXPECT_TRUE(identity.chain().empty());
}

TEST(Identity, MayBeSelfSigned) {
    const Identity identity = identity_of(Ca::self_signed({.common_name = "alone"})).value();

    EXPECT_EQ(identity.subject(), "CN=alone");
    EXPECT_TRUE(identity.chain().empty());
}

TEST(Identity, DoesNotExistWithTheKeyOfAnother) {
    const Ca root = Ca::root("Root");
    Issued client = root.issue({.common_name = "client"});
    client.key = make_key();

    const LoadResult<Identity> identity = identity_of(std::move(client));

    ASSERT_FALSE(identity);
    EXPECT_EQ(identity.error().code, LoadErrorCode::key_mismatch);
    EXPECT_EQ(identity.error().where, "client.pem");
    EXPECT_NE(identity.error().detail.find("CN=client"), std::string::npos);
}

TEST(Identity, KnowsWhenItMayBeUsed) {
    const Identity identity =
        identity_of(Ca::root("Root").issue({.common_name = "client"})).value();

    EXPECT_EQ(
        standing_of(identity.lifetime(), identity.not_before() - 1s), Standing::not_yet_valid
    );
    EXPECT_EQ(standing_of(identity.lifetime(), identity.not_before()), Standing::valid);
    EXPECT_EQ(standing_of(identity.lifetime(), identity.not_after()), Standing::valid);
    EXPECT_EQ(standing_of(identity.lifetime(), identity.not_after() + 1s), Standing::expired);
}

TEST(Identity, HasTheContentOfAnotherThatSendsTheSameCertificates) {
    const Ca root = Ca::root("Root");
    const Ca issuer = root.intermediate("Issuer");
    Issued issued = issuer.issue({.common_name = "client"});
    issued.chain.pop_back();  // the root
    const Identity identity = identity_of(std::move(issued)).value();
    const X509StoreHandle nothing{X509_STORE_new()};
    const X509StoreHandle all{X509_STORE_new()};
    X509_STORE_add_cert(all.get(), certs::X509Handle{X509_dup(root.certificate())}.get());

    certs::KnownRoots roots;
    EXPECT_TRUE(identity.has_content_of(identity.completed_from(nothing.get(), roots)));
    EXPECT_FALSE(identity.has_content_of(identity.completed_from(all.get(), roots)));
    EXPECT_FALSE(
        identity.has_content_of(identity_of(issuer.issue({.common_name = "client"})).value())
    );
}

TEST(Identity, WorksForEveryKindOfKey) {
    for (const KeyKind kind : {KeyKind::ec_p256, KeyKind::rsa_2048}) {
        EXPECT_TRUE(
            identity_of(Ca::root("Root", kind).issue({.common_name = "client", .key_kind = kind}))
        );
    }
    const Ca root = Ca::root("Root");
    const certs::PrivateKeyHandle ed25519{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    EXPECT_TRUE(identity_of(root.issue({.common_name = "client"}, ed25519.get())));
}

}  // namespace
}  // namespace countersign::tests
