#include "proxy/tls/verified_chains.hpp"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <chrono>
#include <cstddef>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/openssl_handle.hpp"
#include "tests/support/ca.hpp"

namespace countersign::proxy::tls {
namespace {

using namespace std::chrono_literals;
using StoreContext = certs::OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;

tests::CertificateSpec server_spec() {
    return {.common_name = "server", .dns_names = {"server.example"}, .server_auth = true};
}

/// A chain on its way through OpenSSL's verification, as in a handshake.
class Shown {
public:
    Shown(const tests::Ca& trusted, const tests::Issued& server)
        : store_{X509_STORE_new()},
          leaf_{certs::share(server.certificate.get())},
          sent_{sk_X509_new_null()},
          context_{X509_STORE_CTX_new()} {
        X509_STORE_add_cert(store_.get(), const_cast<X509*>(trusted.certificate()));
        sk_X509_push(sent_, certs::share(leaf_.get()).release());
        for (const auto& certificate : server.chain) {
            if (certs::is_self_issued(certificate.get())) continue;
            sk_X509_push(sent_, certs::share(certificate.get()).release());
        }
        X509_STORE_CTX_init(context_.get(), store_.get(), leaf_.get(), sent_);
    }
    ~Shown() { sk_X509_pop_free(sent_, X509_free); }
    Shown(const Shown&) = delete;
    Shown& operator=(const Shown&) = delete;

    X509_STORE_CTX& context() { return *context_; }
    bool verify() { return X509_verify_cert(context_.get()) == 1; }
    VerifiedChains::Digest digest() {
        VerifiedChains::Digest digest{};
        EXPECT_TRUE(VerifiedChains::digest_of(*context_, digest));
        return digest;
    }

private:
    certs::X509StoreHandle store_;
    certs::X509Handle leaf_;
    STACK_OF(X509) * sent_;
    StoreContext context_;
};

class VerifiedChainsTest : public testing::Test {
protected:
    void remember(Shown& shown, VerifiedChains::Time now) {
        ASSERT_TRUE(shown.verify());
        chains_.remember(shown.digest(), shown.context(), now);
    }

    const VerifiedChains::Time now_ = std::chrono::system_clock::now();
    const tests::Ca root_ = tests::Ca::root("Root");
    const tests::Ca issuing_ = root_.intermediate("Issuing");
    VerifiedChains chains_;
};

TEST_F(VerifiedChainsTest, KnowsNothingAtFirst) {
    EXPECT_FALSE(chains_.knows(VerifiedChains::Digest{}, now_));
    EXPECT_FALSE(chains_.knows(Shown(root_, issuing_.issue(server_spec())).digest(), now_));
}

TEST_F(VerifiedChainsTest, KnowsTheSameChainAgain) {
    const tests::Issued server = issuing_.issue(server_spec());
    Shown first{root_, server};
    remember(first, now_);

    EXPECT_TRUE(chains_.knows(Shown(root_, server).digest(), now_ + 1min));
}

TEST_F(VerifiedChainsTest, DoesNotKnowTheSameKeyInAnotherCertificate) {
    const tests::Issued server = issuing_.issue(server_spec());
    Shown first{root_, server};
    remember(first, now_);

    const tests::Issued renewed = issuing_.issue(server_spec(), server.key.get());

    EXPECT_FALSE(chains_.knows(Shown(root_, renewed).digest(), now_));
}

TEST_F(VerifiedChainsTest, DoesNotKnowTheLeafWithAnotherChain) {
    tests::Issued server = issuing_.issue(server_spec());
    Shown first{root_, server};
    remember(first, now_);

    server.chain.erase(server.chain.begin());

    EXPECT_FALSE(chains_.knows(Shown(root_, server).digest(), now_));
}

TEST_F(VerifiedChainsTest, ForgetsWithTheFirstCertificateThatExpires) {
    tests::CertificateSpec spec = server_spec();
    spec.not_after = 10min;
    Shown first{root_, issuing_.issue(spec)};
    remember(first, now_);

    EXPECT_TRUE(chains_.knows(first.digest(), now_ + 9min));
    EXPECT_FALSE(chains_.knows(first.digest(), now_ + 11min));
}

TEST_F(VerifiedChainsTest, SayWhenTheFirstOfTheirCertificatesEnds) {
    tests::CertificateSpec spec = server_spec();
    spec.not_after = 24h;
    const tests::Issued server = issuing_.issue(spec);
    Shown first{root_, server};
    remember(first, now_);

    EXPECT_EQ(chains_.knows(first.digest(), now_), certs::not_after_of(server.certificate.get()));
}

TEST_F(VerifiedChainsTest, ForgetsAfterAnHour) {
    Shown first{root_, issuing_.issue(server_spec())};
    remember(first, now_);

    EXPECT_TRUE(chains_.knows(first.digest(), now_ + 59min));
    EXPECT_FALSE(chains_.knows(first.digest(), now_ + 60min));
}

TEST_F(VerifiedChainsTest, DoesNotReachBackBehindItsVerification) {
    Shown first{root_, issuing_.issue(server_spec())};
    remember(first, now_);

    EXPECT_FALSE(chains_.knows(first.digest(), now_ - 1s));
}

TEST_F(VerifiedChainsTest, KeepsThoseOfSeveralServersAndThenTheLatest) {
    std::vector<VerifiedChains::Digest> digests;
    for (int i = 0; i < 5; ++i) {
        Shown shown{root_, issuing_.issue(server_spec())};
        remember(shown, now_);
        digests.push_back(shown.digest());
    }

    EXPECT_FALSE(chains_.knows(digests[0], now_));
    for (std::size_t i = 1; i < 5; ++i) EXPECT_TRUE(chains_.knows(digests[i], now_)) << i;
}

}  // namespace
}  // namespace countersign::proxy::tls
