#include "certs/chain.hpp"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "certs/certificate.hpp"
#include "certs/identity.hpp"
#include "certs/signature_checks.hpp"
#include "certs/trust_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Chain;
using certs::Identity;
using certs::TrustInlinePem;
using certs::TrustStore;
using certs::X509Handle;

using Subjects = std::vector<std::string>;

Identity identity_of(Issued issued) {
    return Identity::from(
               std::move(issued.key), std::move(issued.certificate), std::move(issued.chain), "x"
    )
        .value();
}

TrustStore trust_of(const std::string& pem) {
    return TrustStore::load({TrustInlinePem{pem, "x"}}).value();
}

TEST(Chain, IsTheSameForEveryOrderOfTheFile) {
    const Issued client =
        Ca::root("Root").intermediate("A").intermediate("B").intermediate("C").issue(
            {.common_name = "client"}
        );
    std::vector<int> order{0, 1, 2, 3};
    do {
        std::vector<X509Handle> others;
        for (const int i : order) {
            others.push_back(certs::share(client.chain[static_cast<std::size_t>(i)].get()));
            others.push_back(certs::share(client.certificate.get()));
        }
        Chain chain;

        certs::SignatureChecks checks;
        certs::extend_chain(chain, client.certificate.get(), others, checks);

        EXPECT_EQ(certs::subjects_of(chain.certificates), (Subjects{"CN=C", "CN=B", "CN=A"}));
        ASSERT_TRUE(chain.root);
        EXPECT_EQ(certs::subject_of(chain.root.get()), "CN=Root");
    } while (std::ranges::next_permutation(order).found);
}

TEST(Chain, EndsInACircleOfCrossSignatures) {
    const Ca a = Ca::root("A");
    const Ca b = Ca::root("B");
    const Issued client = a.issue({.common_name = "client"});
    std::vector<X509Handle> others;
    others.push_back(b.cross_sign(a));
    others.push_back(a.cross_sign(b));
    Chain chain;

    certs::SignatureChecks checks;
    certs::extend_chain(chain, client.certificate.get(), others, checks);

    EXPECT_EQ(certs::subjects_of(chain.certificates), (Subjects{"CN=A", "CN=B"}));
    EXPECT_FALSE(chain.root);
}

// Name and key identifier say who the issuer is; only its key proves it.
TEST(Chain, HasNoIssuerThatDidNotSign) {
    const Issued client = Ca::root("Root").intermediate("Lower").issue({.common_name = "client"});
    const certs::PrivateKeyHandle other_key = make_key();
    std::vector<X509Handle> others;
    others.emplace_back(X509_dup(client.chain[0].get()));
    X509_set_pubkey(others[0].get(), other_key.get());
    X509_sign(others[0].get(), other_key.get(), EVP_sha256());
    ASSERT_EQ(X509_check_issued(others[0].get(), client.certificate.get()), X509_V_OK);
    Chain chain;

    certs::SignatureChecks checks;
    certs::extend_chain(chain, client.certificate.get(), others, checks);

    EXPECT_TRUE(chain.certificates.empty());
}

TEST(Chain, HasNoRootAboveALeafThatSignsItself) {
    const Issued alone = Ca::self_signed({.common_name = "alone"});
    std::vector<X509Handle> others;
    others.push_back(certs::share(alone.certificate.get()));
    Chain chain;

    certs::SignatureChecks checks;
    certs::extend_chain(chain, alone.certificate.get(), others, checks);

    EXPECT_TRUE(chain.certificates.empty());
    EXPECT_FALSE(chain.root);
}

TEST(Identity, IsCompletedFromWhatIsTrusted) {
    const Ca root = Ca::root("Root");
    const Ca upper = root.intermediate("Upper");
    const Ca lower = upper.intermediate("Lower");
    Issued issued = lower.issue({.common_name = "client"});
    issued.chain.resize(1);  // Lower is in the key store, what is above it is not
    const Identity identity = identity_of(std::move(issued));
    const std::string strangers = Ca::root("Other").certificate_pem();

    certs::KnownRoots roots;
    const auto completed_by = [&](const std::string& trusted) {
        return identity.completed_from(trust_of(trusted).store(), roots);
    };
    const Identity by_one = completed_by(upper.certificate_pem());
    const Identity by_all =
        completed_by(strangers + root.certificate_pem() + upper.certificate_pem());
    const Identity by_none = completed_by(root.certificate_pem());

    EXPECT_EQ(certs::subjects_of(identity.chain()), Subjects{"CN=Lower"});
    EXPECT_EQ(certs::subjects_of(by_one.chain()), (Subjects{"CN=Lower", "CN=Upper"}));
    EXPECT_EQ(by_one.root(), nullptr);
    EXPECT_EQ(certs::subjects_of(by_all.chain()), (Subjects{"CN=Lower", "CN=Upper"}));
    ASSERT_NE(by_all.root(), nullptr);
    EXPECT_EQ(certs::subject_of(by_all.root()), "CN=Root");
    EXPECT_EQ(certs::subjects_of(by_none.chain()), Subjects{"CN=Lower"});
    EXPECT_EQ(by_all.subject(), "CN=client");
    EXPECT_EQ(by_all.key(), identity.key());
    EXPECT_EQ(by_all.not_after(), identity.not_after());
}

TEST(Identity, TakesNoIssuerOfTheRightNameWithTheWrongKeyFromTrust) {
    Issued issued = Ca::root("Root").intermediate("Lower").issue({.common_name = "client"});
    issued.chain.clear();
    const Identity identity = identity_of(std::move(issued));
    const std::string impostor = Ca::root("Root").intermediate("Lower").certificate_pem();

    certs::KnownRoots roots;
    const Identity completed = identity.completed_from(trust_of(impostor).store(), roots);

    EXPECT_TRUE(completed.chain().empty());
    EXPECT_EQ(completed.root(), nullptr);
}

}  // namespace
}  // namespace countersign::tests
