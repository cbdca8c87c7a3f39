#include "profiles/profile_set.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

Profile profile(
    std::string name, const std::vector<std::string>& hosts, std::vector<std::uint16_t> ports = {},
    std::uint16_t default_port = 443
) {
    Profile made;
    made.name = std::move(name);
    for (const auto& host : hosts) made.hosts.push_back(HostPattern::parse(host).value());
    made.ports = std::move(ports);
    made.default_port = default_port;
    return made;
}

ProfileSet set_of(std::vector<Profile> profiles) {
    auto set = ProfileSet::from(std::move(profiles));
    EXPECT_TRUE(set.has_value());
    return std::move(*set);
}

std::vector<Tie> ties_of(std::vector<Profile> profiles) {
    auto set = ProfileSet::from(std::move(profiles));
    return set.has_value() ? std::vector<Tie>{} : std::move(set.error());
}

Request to(std::string_view host, std::uint16_t port) {
    Request request;
    request.host = host;
    request.port = port;
    return request;
}

std::string name_of(const ProfileSet& set, const Match& match) {
    return match.found() ? set[match.profile].name : std::string{to_text(match.reason)};
}

TEST(ProfileSet, PrefersTheExactHostThenTheLongerWildcardThenAnyHost) {
    const auto set = set_of({
        profile("any", {"*"}),
        profile("short", {"*.example"}),
        profile("long", {"*.partner.example"}),
        profile("exact", {"api.partner.example"}),
    });

    EXPECT_EQ(name_of(set, set.find(to("api.partner.example", 443))), "exact");
    EXPECT_EQ(name_of(set, set.find(to("v2.api.partner.example", 443))), "long");
    EXPECT_EQ(name_of(set, set.find(to("partner.example", 443))), "short");
    EXPECT_EQ(name_of(set, set.find(to("example", 443))), "any");
    EXPECT_EQ(name_of(set, set.find(to("::1", 443))), "any");
}

TEST(ProfileSet, PrefersAmongEqualPatternsTheProfileThatListsThePort) {
    const auto set = set_of({
        profile("all", {"api.partner.example"}),
        profile("two", {"api.partner.example"}, {8443, 9443}, 8443),
    });

    EXPECT_EQ(name_of(set, set.find(to("api.partner.example", 9443))), "two");
    EXPECT_EQ(name_of(set, set.find(to("api.partner.example", 443))), "all");
    EXPECT_EQ(name_of(set, set.find(to("api.partner.example", 0))), "two");
}

TEST(ProfileSet, LooksAtEachCandidateWithItsOwnDefaultPortWhereNoneIsNamed) {
    const auto set = set_of({
        profile("all", {"api.partner.example"}),
        profile("other", {"api.partner.example"}, {8443}, 443),
    });

    EXPECT_EQ(name_of(set, set.find(to("api.partner.example", 0))), "all");
}

TEST(ProfileSet, FallsBackToALessSpecificPatternWhoseProfileTakesThePort) {
    const auto set = set_of({
        profile("exact", {"api.partner.example"}, {443}),
        profile("wildcard", {"*.partner.example"}, {8443}, 8443),
        profile("any", {"*"}, {9443}, 9443),
    });

    EXPECT_EQ(name_of(set, set.find(to("api.partner.example", 8443))), "wildcard");
    EXPECT_EQ(name_of(set, set.find(to("api.partner.example", 9443))), "any");
}

TEST(ProfileSet, SaysWhyAProfileWasChosenOrNone) {
    const auto set = set_of({
        profile("exact", {"api.partner.example"}, {443}),
        profile("wildcard", {"*.example"}),
        profile("address", {"192.0.2.7"}, {443}),
    });

    EXPECT_EQ(set.find(to("api.partner.example", 443)).reason, MatchReason::exact_host);
    EXPECT_EQ(set.find(to("api.partner.example", 80)).reason, MatchReason::wildcard_host);
    EXPECT_EQ(set.find(to("192.0.2.7", 80)).reason, MatchReason::no_port_matches);
    EXPECT_EQ(set.find(to("192.0.2.8", 443)).reason, MatchReason::no_host_matches);
    EXPECT_EQ(set_of({profile("any", {"*"})}).find(to("x", 1)).reason, MatchReason::any_host);
    EXPECT_EQ(
        set_of({profile("any", {"*"}, {2})}).find(to("x", 1)).reason, MatchReason::no_port_matches
    );
}

TEST(ProfileSet, TakesAnyTextForAHost) {
    const auto set = set_of({profile("wildcard", {"*.example"})});

    for (const auto* host : {"", ".", "..", ".example", "example", "example."}) {
        EXPECT_FALSE(set.find(to(host, 443)).found()) << host;
    }
}

TEST(ProfileSet, FindsNothingWithoutProfiles) {
    const auto set = set_of({});

    EXPECT_EQ(set.find(to("api.partner.example", 443)).reason, MatchReason::no_host_matches);
    EXPECT_EQ(set.index_of("partner"), -1);
}

TEST(ProfileSet, ReachesAProfileWithoutHostsByItsNameOnly) {
    const auto set = set_of({profile("partner", {})});

    EXPECT_FALSE(set.find(to("api.partner.example", 443)).found());
    EXPECT_EQ(set.find_named("partner", to("api.partner.example", 443)).profile, 0);
    EXPECT_EQ(set.index_of("partner"), 0);
}

TEST(ProfileSet, KnowsAProfileByItsNameInAnyCase) {
    const auto set = set_of({profile("partner-2", {}), profile("partner", {})});

    EXPECT_EQ(set.index_of("PARTNER-2"), 0);
    EXPECT_EQ(set.find_named("Partner", to("api.partner.example", 443)).profile, 1);
    EXPECT_EQ(set.index_of("partner2"), -1);
    EXPECT_EQ(set.index_of("partner-2 "), -1);
}

TEST(ProfileSet, LimitsAProfileNamedBySchemeToItsHostsAndPorts) {
    const auto set = set_of({profile("partner", {"*.partner.example"}, {8443}, 8443)});

    const auto found = set.find_named("partner", to("api.partner.example", 8443));
    EXPECT_EQ(found.profile, 0);
    EXPECT_EQ(found.reason, MatchReason::named);
    EXPECT_EQ(set.find_named("partner", to("api.partner.example", 0)).profile, 0);
    EXPECT_EQ(
        set.find_named("partner", to("evil.example", 8443)).reason, MatchReason::no_host_matches
    );
    EXPECT_EQ(
        set.find_named("partner", to("api.partner.example", 443)).reason,
        MatchReason::no_port_matches
    );
    EXPECT_EQ(
        set.find_named("other", to("api.partner.example", 443)).reason, MatchReason::unknown_name
    );
}

TEST(ProfileSet, ReportsATieWithAnExample) {
    const auto ties =
        ties_of({profile("a", {"*.partner.example"}), profile("b", {"*.partner.example"})});

    ASSERT_EQ(ties.size(), 1U);
    EXPECT_EQ(ties[0].first, "a");
    EXPECT_EQ(ties[0].second, "b");
    EXPECT_EQ(ties[0].pattern, "*.partner.example");
    EXPECT_EQ(ties[0].example, "host.partner.example:443");
}

TEST(ProfileSet, ReportsEveryProfileThatTiesOncePerPattern) {
    const auto ties = ties_of({
        profile("a", {"x.example", "y.example"}, {443, 8443}),
        profile("b", {"x.example", "y.example"}, {8443, 443}),
        profile("c", {"x.example"}, {443}),
    });

    ASSERT_EQ(ties.size(), 3U);
    EXPECT_EQ(ties[0].second + " " + ties[0].example, "b x.example:443");
    EXPECT_EQ(ties[1].second + " " + ties[1].example, "b y.example:443");
    EXPECT_EQ(ties[2].second + " " + ties[2].example, "c x.example:443");
}

TEST(ProfileSet, GivesAnExampleThatNoMoreSpecificProfileTakes) {
    const auto ties = ties_of({
        profile("a", {"*.partner.example"}),
        profile("b", {"*.partner.example"}),
        profile("host", {"host.partner.example"}),
        profile("port", {"*.partner.example"}, {443}),
    });

    ASSERT_EQ(ties.size(), 1U);
    EXPECT_EQ(ties[0].example, "host1.partner.example:65535");
}

TEST(ProfileSet, ReportsProfilesWithOtherPortsThatBothTakeADestinationWithoutPort) {
    const auto ties = ties_of({
        profile("a", {"api.partner.example"}, {443}, 443),
        profile("b", {"api.partner.example"}, {8443}, 8443),
    });

    ASSERT_EQ(ties.size(), 1U);
    EXPECT_EQ(ties[0].example, "api.partner.example without a port");
}

TEST(ProfileSet, DoesNotTieWhereOneHasTheOthersDefaultPort) {
    const auto ties = ties_of({
        profile("a", {"api.partner.example"}, {443}, 443),
        profile("b", {"api.partner.example"}, {8443}, 443),
    });

    EXPECT_TRUE(ties.empty());
}

TEST(ProfileSet, PutsAnIPv6ExampleInBrackets) {
    const auto ties = ties_of({profile("a", {"::1"}), profile("b", {"[::1]"})});

    ASSERT_EQ(ties.size(), 1U);
    EXPECT_EQ(ties[0].example, "[::1]:443");
}

TEST(ProfileSet, DoesNotTieAProfileWithItself) {
    const auto ties = ties_of({profile("a", {"x.example", "X.example"}, {443, 443})});

    EXPECT_TRUE(ties.empty());
}

TEST(ProfileSet, DoesNotTieWhereAMoreSpecificProfileTakesEveryPort) {
    std::vector<std::uint16_t> every_port;
    for (std::uint32_t port = 1; port <= 65535; ++port) {
        every_port.push_back(static_cast<std::uint16_t>(port));
    }

    const auto ties = ties_of({
        profile("a", {"x.example"}),
        profile("b", {"x.example"}),
        profile("all", {"x.example"}, every_port),
    });

    EXPECT_TRUE(ties.empty());
}

}  // namespace
}  // namespace countersign::profiles
