#include "proxy/admin/readiness.hpp"

#include <gtest/gtest.h>

#include "tests/proxy/partner.hpp"

namespace countersign::proxy::admin {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

class Readiness : public testing::Test {
protected:
    Readiness() {
        profiles::Configuration configuration;
        configuration.listeners.emplace_back();
        configuration.certificates = {
            partner_.key_store("alice"), partner_.key_store("unused", hours{-3}, hours{-2}),
            partner_.trust()};
        configuration.profiles = {Partner::profile("partner", {"a.example"}, "alice")};
        state_.generation = generation_of(configuration);
        state_.serving = true;
    }
    std::vector<std::string> reasons(hours later = hours{0}) const {
        return not_ready_because(state_, system_clock::now() + later);
    }

    const Partner partner_;
    ProcessState state_;
};

TEST_F(Readiness, IsThereWithListenersAndIdentities) {
    EXPECT_EQ(reasons(), std::vector<std::string>{})
        << "an identity that no profile uses is no reason";
    EXPECT_EQ(ready_although(state_), std::vector<std::string>{});
}

TEST_F(Readiness, IsNotThereBeforeTheListenersAre) {
    state_.serving = false;
    EXPECT_EQ(reasons(), std::vector<std::string>{"The listeners are not open yet."});
}

TEST_F(Readiness, EndsWithADrain) {
    state_.draining = true;
    EXPECT_EQ(reasons(), std::vector<std::string>{"The proxy is stopping: it takes nothing new."});
}

TEST_F(Readiness, EndsWithAnIdentity) {
    const auto told = reasons(hours{25});
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told[0].starts_with(
        "Profile 'partner': its identity 'CN=alice' (certificate record 'alice') expired on "
    )) << told[0];
    EXPECT_TRUE(told[0].ends_with("; its requests are answered with 503.")) << told[0];
}

TEST_F(Readiness, StaysWhereAReloadWasRefused) {
    state_.last_reload.problems = {"one"};
    state_.last_reload.key_material_problems = {"two"};
    EXPECT_EQ(reasons(), std::vector<std::string>{});
    const auto told = ready_although(state_);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find("with 2 problems; what was loaded before goes on"), std::string::npos)
        << told[0];
}

}  // namespace
}  // namespace countersign::proxy::admin
