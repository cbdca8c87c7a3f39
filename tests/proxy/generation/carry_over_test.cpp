#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "proxy/generation/generation.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::generation {
namespace {

/// Two profiles of two identities, and then another configuration.
class CarryOver : public testing::Test {
protected:
    CarryOver() {
        before_.certificates = {
            partner_.trust(), partner_.key_store("one"), partner_.key_store("two")};
        before_.profiles = {
            Partner::profile("a", {"a.example"}, "one"),
            Partner::profile("b", {"b.example"}, "two"),
            Partner::profile("c", {"c.example"}, "two")};
        before_.listeners = {
            {"first", profiles::TcpAddress{}, {}}, {"second", profiles::TcpAddress{}, {}}};
        next_ = before_;
        first_ = generation_of(before_);
    }

    std::shared_ptr<const Generation> load_next() const { return generation_of(next_, &*first_); }

    /// "a" where profile a has the former generation's TLS context, and so on.
    std::string carried(const Generation& next) const {
        std::string names;
        for (std::int32_t i = 0; i < 3; ++i) {
            if (next.route(i).tls == first_->route(i).tls) {
                names += next.profiles().profiles()[static_cast<std::size_t>(i)].name;
            }
        }
        return names;
    }

    Partner partner_;
    profiles::Configuration before_;
    profiles::Configuration next_;
    std::shared_ptr<const Generation> first_;
};

TEST_F(CarryOver, TakesOverWhatHasTheSameContent) {
    const auto next = load_next();

    EXPECT_EQ(carried(*next), "abc");
    for (std::int32_t i = 0; i < 3; ++i) EXPECT_EQ(next->route(i).rules, first_->route(i).rules);
    const upstream::Origin origin{{"a.example", 443, first_->route(0).tls, first_->route(0).rules}};
    EXPECT_FALSE(next->standing_of(origin, net::Clock::now()).retired);
}

TEST_F(CarryOver, MakesNoTwoProfilesOfOneIdentityTheSame) {
    const auto next = load_next();

    EXPECT_NE(next->route(1).tls, next->route(2).tls);
    const upstream::Origin mixed{{"b.example", 443, next->route(1).tls, next->route(2).rules}};
    EXPECT_TRUE(next->standing_of(mixed, net::Clock::now()).retired);
}

TEST_F(CarryOver, TakesOverNoIdentityThatWasRenewed) {
    next_.certificates[1] = partner_.key_store("one");  // of the same name, for another key

    const auto next = load_next();

    EXPECT_EQ(carried(*next), "bc");
    const upstream::Origin origin{{"a.example", 443, first_->route(0).tls, first_->route(0).rules}};
    EXPECT_TRUE(next->standing_of(origin, net::Clock::now()).retired);
}

TEST_F(CarryOver, TakesOverNothingThatTrustsOthers) {
    const tests::Ca other = tests::Ca::root("Other");
    const std::string both = partner_.authority().certificate_pem() + other.certificate_pem();
    partner_.directory().write("ca.pem", both);

    EXPECT_EQ(carried(*load_next()), "");
}

TEST_F(CarryOver, TakesOverNoOtherTlsRules) {
    next_.profiles[1].tls.server_name = "other.example";

    EXPECT_EQ(carried(*load_next()), "ac");
}

TEST_F(CarryOver, KeepsSessionsButNoConnectionsWhereTheRulesForTheseChange) {
    next_.profiles[0].timeouts.connect = std::chrono::milliseconds{1};

    const auto next = load_next();

    EXPECT_EQ(carried(*next), "abc");
    EXPECT_NE(next->route(0).rules, first_->route(0).rules);
    const upstream::Origin origin{{"a.example", 443, first_->route(0).tls, first_->route(0).rules}};
    EXPECT_TRUE(next->standing_of(origin, net::Clock::now()).retired);
}

TEST_F(CarryOver, KnowsAProfileByItsName) {
    std::swap(next_.profiles[0], next_.profiles[1]);

    const auto next = load_next();

    const auto index_of = [&next](const std::string& name) {
        return next->profiles().profiles()[0].name == name ? 0 : 1;
    };
    EXPECT_EQ(next->route(index_of("a")).tls, first_->route(0).tls);
    EXPECT_EQ(next->route(index_of("b")).tls, first_->route(1).tls);
}

TEST_F(CarryOver, LivesOverMoreThanOneReload) {
    const auto second = load_next();
    first_.reset();
    const std::weak_ptr<const tls::TlsContext> context = second->route(0).tls;
    const auto third = generation_of(next_, &*second);

    EXPECT_EQ(third->route(0).tls, context.lock());
}

TEST_F(CarryOver, KnowsAListenerByItsAddressWhereItsNameHasChanged) {
    next_.listeners[0].name = "renamed";

    const auto next = load_next();

    const auto& now = next->configuration().listeners;
    const auto& then = first_->configuration().listeners;
    EXPECT_EQ(next->id_of(now[0]), first_->id_of(then[0]));
    EXPECT_EQ(next->id_of(now[1]), first_->id_of(then[1]));
    EXPECT_EQ(next->find_listener(first_->id_of(then[0]))->name, "renamed");
}

TEST_F(CarryOver, UsesNoNumberOfAListenerAgain) {
    next_.listeners.pop_back();
    const auto second = load_next();
    const auto third = generation_of(before_, &*second);

    const auto& again = third->configuration().listeners;
    EXPECT_NE(third->id_of(again[1]), first_->id_of(first_->configuration().listeners[1]));
    EXPECT_EQ(second->find_listener(first_->id_of(first_->configuration().listeners[1])), nullptr);
}

}  // namespace
}  // namespace countersign::proxy::generation
