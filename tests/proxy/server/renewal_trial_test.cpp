#include "proxy/server/renewal_trial.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/proxy/partner.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::proxy::server {
namespace {

using std::chrono::hours;

/// A profile whose renewed identity is tried where nobody listens.
class RenewalTrial : public testing::Test {
protected:
    RenewalTrial() {
        configuration_.certificates = {partner_.trust(), partner_.key_store("a")};
        configuration_.profiles = {Partner::profile("p", {"127.0.0.1"}, "a")};
        configuration_.profiles[0].rotation.verify_with =
            profiles::HttpsUrl{{"127.0.0.1", closed_.port()}, "/health"};
    }
    void issue(std::chrono::seconds not_after = hours{24}) {
        configuration_.certificates[1] = partner_.key_store("a", hours{-2}, not_after);
    }
    std::vector<generation::HeldBack> after_a_renewal() {
        const auto before = generation_of(configuration_);
        issue();
        const auto next = generation_of(configuration_, &*before);
        return refused_renewals(*before, *next);
    }

    std::shared_ptr<const generation::Generation> load_after(const generation::Generation& before
    ) const {
        auto loaded = generation::Generation::load(
            configuration_, &before, {},
            [&](const generation::Generation& next) { return refused_renewals(before, next); }
        );
        if (!loaded) throw std::runtime_error{loaded.error().front()};
        return *loaded;
    }

    const Partner partner_;
    const tests::ClosedPort closed_;
    profiles::Configuration configuration_;
};

TEST_F(RenewalTrial, HoldsBackWhatCannotBeTried) {
    const auto held = after_a_renewal();

    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].profile, "p");
    const std::string at = "127.0.0.1:" + std::to_string(closed_.port());
    EXPECT_EQ(
        held[0].sentence.substr(0, held[0].sentence.find(" serves on until ")),
        "profile 'p': the renewed certificate 'CN=a' is not used yet. It was tried at https://" +
            at + "/health (rotation.verify_with), five seconds for each step: Nothing listens at " +
            at + " (connection refused). The certificate before, 'CN=a',"
    );
    EXPECT_NE(
        held[0].sentence.find(
            "; the renewed one is tried again every 30 seconds. Check host and port"
        ),
        std::string::npos
    ) << held[0].sentence;
}

TEST_F(RenewalTrial, HoldsNothingBackForOneThatHasExpired) {
    issue(hours{-1});

    EXPECT_TRUE(after_a_renewal().empty());
}

TEST_F(RenewalTrial, IsOfNoIdentityThatIsTheSame) {
    const auto before = generation_of(configuration_);
    configuration_.profiles[0].tls.min_version = profiles::TlsVersion::tls_1_3;
    const auto next = generation_of(configuration_, &*before);

    EXPECT_TRUE(refused_renewals(*before, *next).empty());
}

TEST_F(RenewalTrial, IsAskedFor) {
    configuration_.profiles[0].rotation.verify_with.reset();

    EXPECT_TRUE(after_a_renewal().empty());
}

/// The profile goes on with what it had, and the generation says so.
TEST_F(RenewalTrial, LeavesTheProfileItsIdentity) {
    const auto before = generation_of(configuration_);
    issue();

    const auto next = load_after(*before);

    EXPECT_EQ(next->route(0).tls, before->route(0).tls);
    ASSERT_EQ(next->held_back().size(), 1U);
    ASSERT_FALSE(next->warnings().empty());
    EXPECT_EQ(next->warnings().back(), next->held_back()[0].sentence);
    EXPECT_EQ(load_after(*next)->held_back(), next->held_back()) << "it is tried again";
}

/// Whom the profile trusts is not the partner's to say.
TEST_F(RenewalTrial, HoldsBackNothingButTheIdentity) {
    const tests::Ca other = tests::Ca::root("Other");
    const auto file = partner_.directory().write("other.pem", other.certificate_pem());
    profiles::CertificateRecord record;
    record.name = "other";
    record.source = certs::TrustSource{certs::TrustFile{file}};
    configuration_.certificates.push_back(record);
    configuration_.profiles[0].trust.records = {"ca", "other"};
    const auto before = generation_of(configuration_);
    issue();
    configuration_.profiles[0].trust.records = {"ca"};
    configuration_.profiles[0].tls.min_version = profiles::TlsVersion::tls_1_3;

    const auto next = load_after(*before);

    ASSERT_EQ(next->held_back().size(), 1U);
    const tls::TlsContext& tls = *next->route(0).tls;
    EXPECT_EQ(tls.identity()->fingerprint(), before->route(0).tls->identity()->fingerprint());
    EXPECT_EQ(tls.trust().describe(), "CN=Partner Root");
    EXPECT_EQ(tls.rules().min_version, profiles::TlsVersion::tls_1_3);
}

}  // namespace
}  // namespace countersign::proxy::server
