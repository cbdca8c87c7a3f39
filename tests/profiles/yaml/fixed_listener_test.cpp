#include "profiles/yaml_reader.hpp"
#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    FixedListener, ProblemTable,
    testing::Values(
        ProblemCase{
            "UnknownProfile",
            "listeners: [{ name: l, address: 127.0.0.1:0, profile: partnr }]\n"
            "profiles: [{ name: partner }]\n",
            "1:55: listeners[0].profile: no profile is named 'partnr'; did you mean 'partner'?"},
        ProblemCase{
            "OtherListener",
            "listeners:\n"
            "  - { name: l, address: 127.0.0.1:0, profile: partner }\n"
            "  - { name: m, address: 127.0.0.1:0 }\n"
            "profiles: [{ name: partner, listeners: [m] }]\n",
            "2:47: listeners[0].profile: profile 'partner' does not have this listener among its "
            "listeners"},
        ProblemCase{
            "OtherHost",
            "listeners:\n"
            "  - { name: l, address: 127.0.0.1:0, profile: partner, upstream: 'b.example:443' }\n"
            "profiles: [{ name: partner, hosts: [a.example] }]\n",
            "2:47: listeners[0].profile: profile 'partner' does not have 'b.example', the "
            "upstream, "
            "among its hosts"},
        ProblemCase{
            "OtherPort",
            "listeners:\n"
            "  - { name: l, address: 127.0.0.1:0, profile: partner, upstream: 'a.example:444' }\n"
            "profiles: [{ name: partner, hosts: [a.example], ports: [443] }]\n",
            "2:47: listeners[0].profile: profile 'partner' does not have the upstream's port among "
            "its ports"},
        ProblemCase{
            "UpstreamWithoutPort",
            "listeners: [{ name: l, address: 127.0.0.1:0, upstream: a.example }]\n",
            "1:56: listeners[0].upstream: found 'a.example'; expected a host and a port: write "
            "a.example:443"},
        ProblemCase{
            "Rewrite",
            "listeners:\n"
            "  - { name: l, address: 127.0.0.1:0, rewrite: [location], upstream: null }\n"
            "  - { name: m, address: 127.0.0.1:0, upstream: 'a.example:1', rewrite: [cookies] }\n"
            "  - { name: n, address: 127.0.0.1:0, upstream: 'a.example:1', rewrite: location }\n",
            "3:73: listeners[1].rewrite[0]: found 'cookies'; expected location, cookie_domain or "
            "cookie_secure\n"
            "4:72: listeners[2].rewrite: found 'location'; expected a list such as [location]"},
        ProblemCase{
            "CrossSite",
            "listeners:\n"
            "  - { name: l, address: 127.0.0.1:0, cross_site: allow }\n"
            "  - { name: m, address: 127.0.0.1:0, upstream: 'a.example:1', cross_site: deny }\n",
            "2:50: listeners[0].cross_site: is for listeners with an 'upstream' or a 'profile'; "
            "remove it\n"
            "3:75: listeners[1].cross_site: found 'deny'; expected refuse or allow"},
        ProblemCase{
            "AProfileWithAProblemIsKnown",
            "listeners: [{ name: l, address: 127.0.0.1:0, profile: partner }]\n"
            "profiles: [{ name: partner, hosts: [a b] }]\n",
            "2:37: profiles[0].hosts[0]: found 'a b'; expected a host, \"*.\" and a domain, or "
            "\"*\"; a host has no spaces and commas: write two hosts as two items, [a.example, "
            "b.example]"}
    ),
    case_name
);

/// Which local port an application calls is then what tells the identities apart.
TEST(FixedListener, OfEachOfTwoProfilesForOneHostLeavesNothingAmbiguous) {
    const std::string two =
        "profiles:\n"
        "  - { name: a, hosts: [api.example] }\n"
        "  - { name: b, hosts: [api.example] }\n";
    const std::string fixed =
        "listeners:\n"
        "  - { name: l, address: 127.0.0.1:1, profile: a, upstream: 'api.example:443' }\n"
        "  - { name: m, address: 127.0.0.1:2, profile: b, upstream: 'api.example:443' }\n";
    const std::string elsewhere =
        "  - { name: n, address: 127.0.0.1:3, upstream: 'other.example:443' }\n";
    const std::string there =
        "  - { name: o, address: 127.0.0.1:4, upstream: 'api.example:8443' }\n";

    EXPECT_EQ(problems_of(fixed + two), "no problem");
    EXPECT_EQ(problems_of(fixed + elsewhere + two), "no problem");
    EXPECT_EQ(
        problems_of(fixed + there + two),
        "7:5: profiles[1]: profiles 'a', at c.yaml:6:5, and 'b' both apply to api.example:8443, by "
        "the host 'api.example', and neither is more specific; remove one, or give one of them "
        "other hosts, ports, clients, listeners, paths or methods"
    );
}

TEST(FixedListener, IsRead) {
    const auto read = read_configuration_text(
        "listeners:\n"
        "  - { name: l, address: 127.0.0.1:0, profile: partner, upstream: A.example:8443,\n"
        "      rewrite: [location, cookie_secure], tell_identity: true, cross_site: allow }\n"
        "  - { name: m, address: 127.0.0.1:0, profile: null, upstream: null }\n"
        "  - { name: n, address: 127.0.0.1:0, rewrite: [location, cookie_domain] }\n"
        "profiles: [{ name: partner }]\n",
        "c.yaml"
    );

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->listeners[0].profile, "partner");
    EXPECT_EQ(read->listeners[0].upstream, (HostPort{"a.example", 8443}));
    EXPECT_TRUE(read->listeners[0].rewrite.location);
    EXPECT_FALSE(read->listeners[0].rewrite.cookie_domain);
    EXPECT_TRUE(read->listeners[0].rewrite.cookie_secure);
    EXPECT_TRUE(read->listeners[0].tell_identity);
    EXPECT_EQ(read->listeners[0].cross_site, CrossSiteRule::allow);
    EXPECT_FALSE(read->listeners[1].profile || read->listeners[1].upstream);
    EXPECT_EQ(read->listeners[1].cross_site, CrossSiteRule::refuse);
    EXPECT_FALSE(read->listeners[1].rewrite.any());
    EXPECT_EQ(
        words_of(read->listeners[2].rewrite),
        (std::vector<std::string_view>{"location", "cookie_domain"})
    );
}

}  // namespace
}  // namespace countersign::profiles
