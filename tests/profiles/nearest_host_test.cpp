#include "profiles/nearest_host.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace countersign::profiles {
namespace {

Profile profile(std::string name, const std::vector<std::string>& hosts) {
    Profile made;
    made.name = std::move(name);
    for (const std::string& host : hosts) made.hosts.push_back(*HostPattern::parse(host));
    return made;
}

class NearestHost : public testing::Test {
protected:
    /// "pattern of profile", with " (below)"; empty: none.
    std::string to(std::string_view host) const {
        auto set = ProfileSet::from(profiles_);
        if (!set.has_value()) return "a tie";
        Request request;
        request.host = host;
        request.caller = caller_;
        const auto near = nearest_host(*set, request);
        if (!near) return {};
        return near->pattern + " of " + (*set)[near->profile].name +
               (near->is_below ? " (below)" : "");
    }

    std::vector<Profile> profiles_{
        profile("partner", {"api.partner.example", "*.sandbox.example"}),
        profile("bank", {"bank.example"}), profile("any", {"192.0.2.7"})};
    Caller caller_;
};

TEST_F(NearestHost, IsTheOneThatWasMistyped) {
    EXPECT_EQ(to("api.partner.exmaple"), "api.partner.example of partner");
    EXPECT_EQ(to("api.parnter.exampl"), "api.partner.example of partner");
    EXPECT_EQ(to("apipartner.example"), "api.partner.example of partner");
    EXPECT_EQ(to("bnak.example"), "bank.example of bank");
    EXPECT_EQ(to("192.0.2.77"), "192.0.2.7 of any");
}

TEST_F(NearestHost, IsAWildcardWhoseEndWasMistyped) {
    EXPECT_EQ(to("a.b.sandbox.exmaple"), "*.sandbox.example of partner");
    EXPECT_EQ(to("sandbx.example"), "") << "no name below it";
}

TEST_F(NearestHost, IsAWildcardThatStandsForTheNamesBelow) {
    EXPECT_EQ(to("sandbox.example"), "*.sandbox.example of partner (below)");
}

TEST_F(NearestHost, IsNoneWhereNothingIsNear) {
    EXPECT_EQ(to("elsewhere.org"), "");
    EXPECT_EQ(to("tank.other"), "");
    EXPECT_EQ(to(std::string(253, 'a')), "");
    EXPECT_EQ(to("x"), "");
}

TEST_F(NearestHost, IsNoneThatOnlyOthersMayUse) {
    profiles_[0].clients = {NamedClientPattern{"billing"}};
    profiles_[1].listeners = {"inner"};

    EXPECT_EQ(to("api.partner.exmaple"), "");
    EXPECT_EQ(to("bnak.example"), "");
    caller_.name = "billing";
    caller_.listener = "inner";
    EXPECT_EQ(to("api.partner.exmaple"), "api.partner.example of partner");
    EXPECT_EQ(to("bnak.example"), "bank.example of bank");
}

TEST_F(NearestHost, IsOneWhosePortIsAnother) {
    profiles_[1].ports = {8443};

    EXPECT_EQ(to("bnak.example"), "bank.example of bank");
}

}  // namespace
}  // namespace countersign::profiles
