#include "profiles/connect_match.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace countersign::profiles {
namespace {

Profile profile(std::string name, std::string_view host, ConnectRule rule) {
    Profile made;
    made.name = std::move(name);
    made.hosts = {HostPattern::parse(host).value()};
    made.connect_method = rule;
    return made;
}

Profile tunnel(std::string name, std::string_view host) {
    return profile(std::move(name), host, ConnectRule::tunnel);
}

Profile reject(std::string name, std::string_view host) {
    return profile(std::move(name), host, ConnectRule::reject);
}

Profile with_paths(Profile profile) {
    profile.paths = {PathPrefix::parse("/orders").value()};
    return profile;
}

Profile with_methods(Profile profile) {
    profile.methods = {"POST"};
    return profile;
}

Profile with_port(Profile profile, std::uint16_t port) {
    profile.ports = {port};
    return profile;
}

Profile with_listener(Profile profile, std::string listener) {
    profile.listeners = {std::move(listener)};
    return profile;
}

Profile for_client(Profile profile, ClientPattern client) {
    profile.clients.push_back(std::move(client));
    return profile;
}

ClientPattern network(std::string_view text) { return Network::parse(text).value(); }
ClientPattern named(std::string name) { return NamedClientPattern{std::move(name)}; }

struct Row {
    const char* name;
    std::vector<Profile> profiles;
    const char* outcome;  ///< the verdict, and the profile that decides
};

std::string text_of(const ConnectMatch& match) {
    switch (match.verdict) {
        case ConnectMatch::Verdict::unknown_host:
            return "unknown host";
        case ConnectMatch::Verdict::fits_none:
            return "none, " + std::string{to_text(match.miss.reason)} +
                   (match.miss.name_wanted ? ", name wanted" : "") +
                   (match.tunnel_elsewhere ? ", tunnel elsewhere" : "");
        case ConnectMatch::Verdict::reject:
            return "reject " + match.profile->name;
        case ConnectMatch::Verdict::tunnel:
            return "tunnel " + match.profile->name;
    }
    return "";
}

/// CONNECT api.partner.example:443 from 10.1.2.3 on the listener 'apps'.
class FindConnect : public testing::TestWithParam<Row> {};

TEST_P(FindConnect, HoldsToEveryProfileThatARequestInsideCouldHave) {
    auto set = ProfileSet::from(GetParam().profiles);
    ASSERT_TRUE(set.has_value());
    Request request;
    request.host = "api.partner.example";
    request.port = 443;
    request.method = "CONNECT";
    request.caller.address = IpAddress::parse("10.1.2.3");
    request.caller.listener = "apps";

    const ConnectMatch match = find_connect(*set, request);

    EXPECT_EQ(text_of(match), GetParam().outcome);
}

constexpr auto kHost = "api.partner.example";
constexpr auto kWild = "*.partner.example";

INSTANTIATE_TEST_SUITE_P(
    Hosts, FindConnect,
    testing::Values(
        Row{"NoProfile", {}, "unknown host"},
        Row{"AnotherHost", {tunnel("a", "other.example")}, "unknown host"},
        Row{"Rejects", {reject("a", kHost)}, "reject a"},
        Row{"Tunnels", {tunnel("a", kHost)}, "tunnel a"},
        Row{"ExactRejectsUnderAWildcard", {reject("a", kHost), tunnel("b", kWild)}, "reject a"},
        Row{"ExactTunnelsUnderAWildcard", {tunnel("a", kHost), reject("b", kWild)}, "tunnel a"},
        Row{"AnyHostRejects", {reject("a", "*")}, "reject a"},
        Row{"AnyHostTunnels", {tunnel("a", "*")}, "tunnel a"},
        Row{"AProfileOfNoHostIsNotAsked", {tunnel("b", "b.example"), Profile{}}, "unknown host"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

INSTANTIATE_TEST_SUITE_P(
    PathsAndMethods, FindConnect,
    testing::Values(
        Row{"PathsReject", {with_paths(reject("a", kHost))}, "reject a"},
        Row{"MethodsReject", {with_methods(reject("a", kHost))}, "reject a"},
        Row{"PathsOfTheSameHost", {with_paths(reject("a", kHost)), tunnel("b", kHost)}, "reject a"},
        Row{"MethodsOfTheSameHost",
            {tunnel("b", kHost), with_methods(reject("a", kHost))},
            "reject a"},
        Row{"PathsOfAMoreSpecificHost",
            {with_paths(reject("a", kHost)), tunnel("b", "*")},
            "reject a"},
        Row{"PathsOfALessSpecificHostAreNeverReached",
            {tunnel("a", kHost), with_paths(reject("b", kWild))},
            "tunnel a"},
        Row{"PathsOfAMoreSpecificPort",
            {with_paths(with_port(reject("a", kHost), 443)), tunnel("b", kHost)},
            "reject a"},
        Row{"PathsOfAnotherPort",
            {with_paths(with_port(reject("a", kHost), 8443)), tunnel("b", kHost)},
            "tunnel b"},
        Row{"PathsOfAnotherClient",
            {with_paths(for_client(reject("a", kHost), network("10.9.0.0/16"))),
             tunnel("b", kHost)},
            "tunnel b"},
        Row{"PathsThatSayTunnelAreNoTunnel", {with_paths(tunnel("a", kHost))}, "reject a"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

INSTANTIATE_TEST_SUITE_P(
    OthersThanTheHost, FindConnect,
    testing::Values(
        Row{"Port", {with_port(tunnel("a", kHost), 443)}, "tunnel a"},
        Row{"AnotherPort",
            {with_port(tunnel("a", kHost), 8443)},
            "none, a profile's hosts match, but not its ports, tunnel elsewhere"},
        Row{"AnotherPortOfARejectingProfile",
            {with_port(reject("a", kHost), 8443)},
            "none, a profile's hosts match, but not its ports"},
        Row{"AnotherPortUnderAnyHost",
            {with_port(reject("a", kHost), 8443), tunnel("b", "*")},
            "tunnel b"},
        Row{"AnotherClient",
            {for_client(reject("a", kHost), network("10.9.0.0/16"))},
            "none, a profile's hosts match, but not its clients"},
        Row{"ANarrowerClient",
            {for_client(tunnel("a", kHost), network("10.1.0.0/16")), reject("b", kHost)},
            "tunnel a"},
        Row{"AWiderClient",
            {for_client(tunnel("a", kHost), network("10.0.0.0/8")),
             for_client(reject("b", kHost), network("10.1.0.0/16"))},
            "reject b"},
        Row{"ANamedClient",
            {for_client(tunnel("a", kHost), named("billing"))},
            "none, a profile's hosts match, but not its clients, name wanted, tunnel elsewhere"},
        Row{"AnotherListener",
            {with_listener(tunnel("a", kHost), "direct")},
            "none, a profile's hosts match, but not its listeners, tunnel elsewhere"},
        Row{"ItsListener",
            {with_listener(tunnel("a", kHost), "apps"), reject("b", kHost)},
            "tunnel a"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

/// Profiles that say something, or nothing, of everything; drawn from few values, so that they
/// meet.
class RandomProfiles {
public:
    explicit RandomProfiles(unsigned seed) : random_{seed} {}

    std::vector<Profile> draw() {
        std::vector<Profile> all;
        for (std::size_t i = 1 + below(5); i > 0; --i) {
            constexpr std::array kHosts{"a.x.example", "b.x.example", "*.x.example", "*"};
            Profile one = reject("p" + std::to_string(i), kHosts[below(kHosts.size())]);
            if (below(3) == 0) one = with_port(one, below(2) == 0 ? 443 : 8443);
            if (below(3) == 0)
                one = for_client(one, network(below(2) == 0 ? "10.0.0.0/8" : "10.1.0.0/16"));
            if (below(4) == 0) one = with_listener(one, "apps");
            if (below(4) == 0) one = with_paths(one);
            if (below(4) == 0) one = with_methods(one);
            if (!one.is_for_some_requests() && below(2) == 0)
                one.connect_method = ConnectRule::tunnel;
            all.push_back(one);
        }
        return all;
    }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }

    std::mt19937 random_;
};

TEST(FindConnectProperty, InATunnelEveryRequestWouldHaveBeenItsProfiles) {
    int tunnels = 0;
    for (unsigned seed = 0; seed < 3000; ++seed) {
        const auto set = ProfileSet::from(RandomProfiles{seed}.draw());
        if (!set) continue;  // two tie
        for (const std::string host : {"a.x.example", "c.x.example", "other.test"}) {
            Request request;
            request.host = host;
            request.port = 443;
            request.caller.address = IpAddress::parse("10.1.2.3");
            request.caller.listener = "apps";
            request.method = "CONNECT";
            const ConnectMatch match = find_connect(*set, request);
            const bool unknown = match.verdict == ConnectMatch::Verdict::unknown_host;
            if (!unknown && match.verdict != ConnectMatch::Verdict::tunnel) continue;
            tunnels += unknown ? 0 : 1;
            for (const auto* path : {"/", "/orders", "/orders/7", "/elsewhere"}) {
                for (const auto* method : {"GET", "POST", "BREW"}) {
                    request.path = path;
                    request.method = method;
                    const Match inside = set->find(request);
                    const auto* owner = inside.found() ? &(*set)[inside.profile] : nullptr;
                    ASSERT_EQ(owner, match.profile) << seed << ' ' << method << ' ' << host << path;
                }
            }
        }
    }
    EXPECT_GT(tunnels, 1000);
}

}  // namespace
}  // namespace countersign::profiles
