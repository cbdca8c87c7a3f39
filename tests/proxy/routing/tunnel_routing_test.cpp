#include <gtest/gtest.h>

#include <string>

#include "proxy/routing/routing.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::routing {
namespace {

using profiles::ConnectRule;
using profiles::UnmatchedRule;

/// CONNECT HOST:443 from 127.0.0.1, with the profiles "shut" for shut.example, "open" for
/// open.example and for the client 'billing' billing.example, and "anywhere", which has no hosts.
class FindTunnel : public testing::Test {
protected:
    FindTunnel() {
        profiles::Profile open = Partner::profile("open", {"open.example"}, "");
        open.connect_method = ConnectRule::tunnel;
        open.timeouts.connect = std::chrono::seconds{7};
        profiles::Profile billing = Partner::profile("billing", {"billing.example"}, "");
        billing.connect_method = ConnectRule::tunnel;
        billing.clients = {profiles::NamedClientPattern{"billing"}};
        profiles::Profile anywhere = Partner::profile("anywhere", {}, "");
        anywhere.connect_method = ConnectRule::tunnel;
        configuration_.certificates = {partner_.trust()};
        configuration_.profiles = {
            Partner::profile("shut", {"shut.example"}, ""), open, billing, anywhere};
        configuration_.unmatched = UnmatchedRule::tunnel_connect;
        asked_.request.port = 443;
        asked_.request.method = "CONNECT";
        asked_.request.caller.address = profiles::IpAddress::parse("127.0.0.1");
    }
    Result<TunnelRoute> find(std::string_view host) {
        if (!generation_) generation_ = generation_of(configuration_);
        asked_.request.host = host;
        return find_tunnel(*generation_, asked_);
    }
    /// The profile that gives the tunnel, "unmatched", or the failure's error and reason.
    std::string outcome(std::string_view host) {
        const Result<TunnelRoute> route = find(host);
        if (route) return route->profile == nullptr ? "unmatched" : route->profile->name;
        const FailureRow row = row_of(route.error().code());
        const std::string as_ever =
            "CONNECT asks for a tunnel, and inside a tunnel Countersign cannot present a client "
            "certificate.";
        const std::string& reason = route.error().reason();
        const std::string more =
            reason.starts_with(as_ever) ? reason.substr(as_ever.size()) : " " + reason;
        return std::to_string(row.status) + more;
    }

    Partner partner_;
    profiles::Configuration configuration_;
    std::shared_ptr<const generation::Generation> generation_;
    RoutingRequest asked_;
    profiles::Listener listener_;
};

TEST_F(FindTunnel, UnmatchedTunnelConnectIsForHostsThatNoProfileHas) {
    EXPECT_EQ(outcome("other.example"), "unmatched");
    EXPECT_EQ(outcome("shut.example"), "403 Profile 'shut' allows no tunnel.");
}

TEST_F(FindTunnel, UnmatchedAloneLetsNothingElsePass) {
    for (const auto rule : {UnmatchedRule::tls, UnmatchedRule::report}) {
        configuration_.unmatched = rule;
        generation_.reset();
        EXPECT_EQ(outcome("other.example"), "403");
    }
    configuration_.unmatched = UnmatchedRule::reject;
    generation_.reset();
    // Without CONNECT it would be refused as well.
    EXPECT_EQ(outcome("other.example"), "403 No profile has 'other.example:443' among its hosts.");
}

TEST_F(FindTunnel, AProfileThatSaysTunnelGivesItByItsOwnRules) {
    const Result<TunnelRoute> route = find("open.example");

    ASSERT_TRUE(route);
    EXPECT_EQ(route->profile->name, "open");
    EXPECT_EQ(route->rules->timeouts.connect, std::chrono::seconds{7});
}

TEST_F(FindTunnel, AClientThatIsNotItsOwnIsAskedForItsName) {
    EXPECT_EQ(
        outcome("billing.example"),
        "407 The host 'billing.example' has a profile for clients with a name and a password only, "
        "and the request gives none."
    );
    asked_.request.caller.name = "billing";
    EXPECT_EQ(outcome("billing.example"), "billing");
    asked_.request.caller.name = "shipping";
    EXPECT_EQ(
        outcome("billing.example"),
        "403 Profile 'billing' has the host 'billing.example', but is not for client "
        "'shipping'."
    );
}

TEST_F(FindTunnel, ANameOpensNothingThatIsShut) {
    asked_.named = "anywhere";
    EXPECT_EQ(outcome("other.example"), "anywhere");
    EXPECT_EQ(outcome("open.example"), "anywhere");
    EXPECT_EQ(outcome("shut.example"), "403 Profile 'shut' allows no tunnel.");
    EXPECT_EQ(
        outcome("billing.example"),
        "407 The host 'billing.example' has a profile for clients with a name and a password only, "
        "and the request gives none."
    );
    asked_.named = "shut";
    EXPECT_EQ(outcome("shut.example"), "403 Profile 'shut' allows no tunnel.");
    EXPECT_EQ(outcome("other.example"), "403 Profile 'shut' allows no tunnel.");
    asked_.named = "open";
    EXPECT_EQ(
        outcome("other.example"),
        "403 Profile 'open' does not have 'other.example:443' among its hosts."
    );
    asked_.named = "nobody";
    EXPECT_EQ(
        outcome("other.example"),
        "403 X-Countersign-Profile says 'nobody', and no profile has that name."
    );
}

TEST_F(FindTunnel, OnAListenerOfOneProfileThatAloneDecides) {
    asked_.listener = &listener_;
    listener_.profile = "anywhere";
    EXPECT_EQ(outcome("shut.example"), "anywhere");
    listener_.profile = "shut";
    EXPECT_EQ(outcome("other.example"), "403 Profile 'shut' allows no tunnel.");
    EXPECT_EQ(outcome("open.example"), "403 Profile 'shut' allows no tunnel.");
}

TEST_F(FindTunnel, AListenerWithAFixedUpstreamHasNone) {
    asked_.listener = &listener_;
    listener_.upstream = profiles::HostPort{"open.example", 443};

    EXPECT_EQ(outcome("open.example"), "403");
}

TEST_F(FindTunnel, AnOrdinaryRequestIsRefusedAsUnderReject) {
    generation_ = generation_of(configuration_);
    asked_.scheme = "http";
    asked_.request.host = "other.example";
    asked_.request.method = "GET";

    const Result<Routing> route =
        find_route(*generation_, asked_, std::chrono::system_clock::now());

    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().code(), FailureCode::no_profile);
    EXPECT_EQ(route.error().reason(), "No profile has 'other.example:443' among its hosts.");
}

TEST_F(FindTunnel, TheRefusalNamesTheOptionWhereItWouldHelp) {
    const std::string option = "set unmatched: tunnel_connect";
    const auto remedy = [&](std::string_view host) { return find(host).error().remedy(); };
    configuration_.unmatched = UnmatchedRule::reject;

    EXPECT_NE(remedy("other.example").find(option), std::string::npos) << remedy("other.example");
    EXPECT_EQ(remedy("shut.example").find(option), std::string::npos);
    configuration_.unmatched = UnmatchedRule::tls;
    generation_.reset();
    EXPECT_EQ(remedy("other.example").find(option), std::string::npos);
}

TEST(GenerationTunnels, AreThereWhereSomebodyGivesThem) {
    const Partner partner;
    profiles::Configuration configuration;
    configuration.certificates = {partner.trust()};
    configuration.profiles = {Partner::profile("a", {"a.example"}, "")};
    EXPECT_FALSE(generation_of(configuration)->tunnels());

    configuration.unmatched = UnmatchedRule::tunnel_connect;
    EXPECT_TRUE(generation_of(configuration)->tunnels());

    configuration.unmatched = UnmatchedRule::reject;
    configuration.profiles.front().connect_method = ConnectRule::tunnel;
    EXPECT_TRUE(generation_of(configuration)->tunnels());
}

}  // namespace
}  // namespace countersign::proxy::routing
