#include <dlfcn.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "certs/edit/reply.hpp"
#include "certs/edit/store_draft.hpp"
#include "certs/identity_loader.hpp"
#include "certs/key_store.hpp"
#include "certs/lint/lint.hpp"
#include "certs/signature_checks.hpp"
#include "certs/trust_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

std::size_t g_verified = 0;

}  // namespace

// In front of OpenSSL's own, for all of the program.
extern "C" int X509_verify(X509* certificate, EVP_PKEY* key) {
    using Verify = int (*)(X509*, EVP_PKEY*);
    static const auto kVerify = reinterpret_cast<Verify>(::dlsym(RTLD_NEXT, "X509_verify"));
    ++g_verified;
    return kVerify(certificate, key);
}

namespace countersign::tests {
namespace {

using certs::LoadErrorCode;
using certs::SignatureChecks;

constexpr std::size_t kAuthorities = 300;

const std::string kTooMany =
    "so many certificates bear the names of the issuers of 'CN=client' that more than 1000 "
    "signatures would have to be checked to find its chain";

/// Hundreds of authorities of one name, of which each could have signed each other: nothing but a
/// signature tells them apart, and none of them is signed by one that is there.
class CrossNamed : public testing::Test {
protected:
    enum class Keys { one, each_its_own };

    CrossNamed() {
        // Who signs them bears their name, and is not there.
        const Ca nobody = Ca::root("X");
        key_ = make_key();
        for (std::size_t i = 0; i < kAuthorities; ++i) {
            same_key_ += nobody.issue(spec(), key_.get()).certificate_pem();
            own_keys_ += nobody.issue(spec()).certificate_pem();
        }
        client_ = nobody.issue({.common_name = "client", .key_identifiers = false});
        X509_sign(client_.certificate.get(), key_.get(), EVP_sha256());
    }

    static CertificateSpec spec() {
        return {.common_name = "X", .ca = true, .key_identifiers = false};
    }
    std::filesystem::path store(const std::string& authorities) const {
        return directory_.write(
            "store.pem", client_.certificate_pem() + client_.key_pem() + authorities
        );
    }
    static std::vector<certs::X509Handle> certificates_of(const std::string& pem) {
        return std::move(certs::read_entries(certs::as_bytes(pem), std::nullopt, "x")->loose);
    }

    const TempDir directory_;
    certs::PrivateKeyHandle key_;
    std::string same_key_;
    std::string own_keys_;
    Issued client_;
};

TEST_F(CrossNamed, AreCheckedOnceAPairAndNoMoreThanTheBound) {
    for (const std::string* authorities : {&same_key_, &own_keys_}) {
        const auto source = source_of(store(*authorities));
        const auto bytes = read_bytes(source.file);
        g_verified = 0;

        static_cast<void>(certs::load_identity(source));
        EXPECT_LE(g_verified, SignatureChecks::kMost + 16);

        g_verified = 0;
        static_cast<void>(certs::lint_key_store(source, {}));
        EXPECT_LE(g_verified, SignatureChecks::kMost + 16);

        g_verified = 0;
        static_cast<void>(certs::StoreDraft::read(certs::as_bytes(bytes), std::nullopt, "x"));
        EXPECT_LE(g_verified, SignatureChecks::kMost + 16);

        g_verified = 0;
        std::vector<certs::X509Handle> received = certificates_of(*authorities);
        received.push_back(certs::share(client_.certificate.get()));
        static_cast<void>(certs::match_reply(
            client_.key.get(), received, {}, certs::Completeness::not_needed, "x", "y"
        ));
        EXPECT_LE(g_verified, SignatureChecks::kMost + 16);

        g_verified = 0;
        const auto trust = certs::TrustStore::load({certs::TrustInlinePem{*authorities, "x"}});
        ASSERT_TRUE(trust);
        EXPECT_EQ(g_verified, 0u) << "what is trusted is not asked who signed it";
        const auto alone = certs::Identity::from(
            certs::PrivateKeyHandle{(EVP_PKEY_up_ref(client_.key.get()), client_.key.get())},
            certs::share(client_.certificate.get()), {}, "x"
        );
        certs::KnownRoots roots;
        static_cast<void>(alone->completed_from(trust->store(), roots));
        EXPECT_LE(g_verified, SignatureChecks::kMost + 16);
    }
}

TEST_F(CrossNamed, AreRefusedInWordsWhereTheBoundIsReached) {
    const auto source = source_of(store(same_key_));
    const std::string bytes = read_bytes(source.file);
    std::vector<certs::X509Handle> received = certificates_of(same_key_);
    received.push_back(certs::share(client_.certificate.get()));

    const auto lint = certs::lint_key_store(source, {});
    const auto draft = certs::StoreDraft::read(certs::as_bytes(bytes), std::nullopt, "x.pem");
    const auto reply = certs::match_reply(
        client_.key.get(), received, {}, certs::Completeness::needed, "x", "reply.pem"
    );

    ASSERT_FALSE(lint);
    EXPECT_EQ(lint.error().code, LoadErrorCode::too_much);
    EXPECT_EQ(lint.error().detail, kTooMany);
    ASSERT_FALSE(draft);
    EXPECT_EQ(
        draft.error().message(), "x.pem holds more than is read here: " + kTooMany +
                                     ". Keep in it what is needed, and take the rest out."
    );
    ASSERT_FALSE(reply);
    EXPECT_EQ(
        reply.error().sentence, "reply.pem holds more than is read here: " + kTooMany +
                                    ". Keep in it what is needed, and take the rest out."
    );
}

// A chain of ten among three hundred of one name: three thousand pairs.
TEST_F(CrossNamed, StopAnIdentityWhoseChainWouldTakeTooManyChecks) {
    std::string pem = own_keys_;
    certs::PrivateKeyHandle key;
    Issued below = std::move(client_);
    const std::string client = below.certificate_pem() + below.key_pem();
    std::vector<Issued> authorities;
    for (int i = 0; i < 5; ++i) authorities.push_back(Ca::self_signed(spec()));
    for (std::size_t i = 0; i + 1 < authorities.size(); ++i) {
        X509_sign(authorities[i].certificate.get(), authorities[i + 1].key.get(), EVP_sha256());
    }
    X509_sign(below.certificate.get(), authorities[0].key.get(), EVP_sha256());
    for (const Issued& each : authorities) pem += each.certificate_pem();
    const auto file = directory_.write("ring.pem", below.certificate_pem() + below.key_pem() + pem);

    const auto loaded = certs::load_identity(source_of(file));

    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, LoadErrorCode::too_much);
    EXPECT_EQ(loaded.error().detail, kTooMany);
}

TEST(SignatureChecks, CheckAPairOnceHoweverOftenItIsThere) {
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    const certs::X509Handle twin{X509_dup(client.chain[0].get())};
    SignatureChecks checks;
    g_verified = 0;

    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(checks.is_issued_by(client.certificate.get(), client.chain[0].get()));
        EXPECT_TRUE(checks.is_issued_by(client.certificate.get(), twin.get()));
        EXPECT_FALSE(checks.is_issued_by(client.chain[0].get(), client.certificate.get()));
        EXPECT_TRUE(checks.is_root(twin.get()));
        EXPECT_FALSE(checks.is_root(client.certificate.get()));
    }

    EXPECT_EQ(g_verified, 2u);
    EXPECT_EQ(checks.count(), 2u);
    EXPECT_FALSE(checks.exhausted());
}

TEST(KnownRoots, AreCheckedOnceForAllIdentitiesBelowThem) {
    const Ca root = Ca::root("Root");
    const auto trust =
        certs::TrustStore::load({certs::TrustInlinePem{root.certificate_pem(), "x"}});
    ASSERT_TRUE(trust);
    certs::KnownRoots roots;
    g_verified = 0;

    for (int i = 0; i < 3; ++i) {
        Issued issued = root.issue({.common_name = "client"});
        const auto alone =
            certs::Identity::from(std::move(issued.key), std::move(issued.certificate), {}, "x");
        EXPECT_NE(alone->completed_from(trust->store(), roots).root(), nullptr);
    }

    EXPECT_EQ(g_verified, 4u) << "three signatures of the root, and its own";
}

// Its name says that it is a root; that another has signed it is seen by the signature alone.
TEST(KnownRoots, AreNoneThatOnlyNameThemselves) {
    const Issued impostor =
        Ca::root("Root").issue({.common_name = "Root", .ca = true, .key_identifiers = false});
    const certs::X509Handle authority{X509_dup(Ca::root("Root").certificate())};
    certs::KnownRoots roots;

    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(roots.verifies_itself(impostor.certificate.get()));
        EXPECT_TRUE(roots.verifies_itself(authority.get()));
    }
}

TEST(TrustStore, HoldsSoManyAndNoMore) {
    std::string pem;
    const Ca root = Ca::root("Root");
    const certs::PrivateKeyHandle key = make_key();
    for (std::size_t i = 0; i < certs::TrustStore::kMostAnchors; ++i) {
        pem += root.issue({.common_name = "x"}, key.get()).certificate_pem();
    }

    EXPECT_TRUE(certs::TrustStore::load({certs::TrustInlinePem{pem, "x"}}));
    const auto refused = certs::TrustStore::load(
        {certs::TrustInlinePem{pem, "x"}, certs::TrustInlinePem{root.certificate_pem(), "y"}}
    );

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().where, "certificate record y");
    EXPECT_EQ(refused.error().detail, "more than 2000 certificates would be trusted together");
}

}  // namespace
}  // namespace countersign::tests
