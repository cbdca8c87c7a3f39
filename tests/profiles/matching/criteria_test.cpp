#include <gtest/gtest.h>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {
namespace {

Profile profile(std::string name) {
    Profile made;
    made.name = std::move(name);
    made.hosts = {HostPattern::parse("api.partner.example").value()};
    return made;
}

ClientPattern network(std::string_view text) { return Network::parse(text).value(); }

Profile with_clients(Profile profile, std::vector<ClientPattern> clients) {
    profile.clients = std::move(clients);
    return profile;
}

Profile with_paths(Profile profile, const std::vector<std::string>& paths) {
    for (const auto& path : paths) profile.paths.push_back(PathPrefix::parse(path).value());
    return profile;
}

Profile with_methods(Profile profile, std::vector<std::string> methods) {
    profile.methods = std::move(methods);
    return profile;
}

Profile with_listeners(Profile profile, std::vector<std::string> listeners) {
    profile.listeners = std::move(listeners);
    return profile;
}

Request request() {
    Request made;
    made.host = "api.partner.example";
    made.caller.address = IpAddress::parse("10.1.2.3");
    made.caller.listener = "apps";
    return made;
}

ProfileSet set_of(std::vector<Profile> profiles) {
    auto set = ProfileSet::from(std::move(profiles));
    EXPECT_TRUE(set.has_value());
    return std::move(*set);
}

std::string found(const ProfileSet& set, const Request& request) {
    const auto match = set.find(request);
    return match.found() ? set[match.profile].name : std::string{to_text(match.reason)};
}

std::string example_of(std::vector<Profile> profiles, std::vector<ListenerKind> listeners = {}) {
    const auto set = ProfileSet::from(std::move(profiles), listeners);
    return set.has_value() ? "no tie" : set.error().front().example;
}

TEST(Clients, ANameBeatsAUserBeatsAGroupAndALongerNetworkAShorter) {
    const auto set = set_of({
        profile("anyone"),
        with_clients(profile("wide"), {network("10.0.0.0/8")}),
        with_clients(profile("narrow"), {network("10.1.0.0/16")}),
        with_clients(profile("named"), {NamedClientPattern{"billing"}}),
        with_clients(profile("user"), {UidPattern{1000}}),
        with_clients(profile("group"), {GidPattern{100}}),
    });
    auto asked = request();

    EXPECT_EQ(found(set, asked), "narrow");
    asked.caller.address = IpAddress::parse("10.2.0.1");
    EXPECT_EQ(found(set, asked), "wide");
    asked.caller.address = IpAddress::parse("11.0.0.1");
    EXPECT_EQ(found(set, asked), "anyone");
    asked.caller.address.reset();
    asked.caller.gid = 100;
    EXPECT_EQ(found(set, asked), "group");
    asked.caller.uid = 1000;
    EXPECT_EQ(found(set, asked), "user");
    asked.caller.name = "billing";
    EXPECT_EQ(found(set, asked), "named");
    asked.caller.name = "orders";
    EXPECT_EQ(found(set, asked), "user");
}

TEST(Clients, OfTheNetworkOfAllAreNotThoseOfAUnixSocket) {
    const auto set = set_of(
        {with_clients(profile("networks"), {network("0.0.0.0/0"), network("::/0"), UidPattern{7}})}
    );
    auto asked = request();

    EXPECT_EQ(found(set, asked), "networks");
    asked.caller.uid = 7;
    EXPECT_EQ(found(set, asked), "networks");
    asked.caller.address.reset();
    EXPECT_EQ(found(set, asked), "networks");
    asked.caller.uid = 0;
    EXPECT_EQ(found(set, asked), "a profile's hosts match, but not its clients");
}

TEST(Clients, ThatMustProveANameAreToldFromThoseThatMayNot) {
    const auto set = set_of({with_clients(profile("named"), {NamedClientPattern{"billing"}})});
    auto asked = request();

    EXPECT_TRUE(set.find(asked).name_wanted);
    EXPECT_TRUE(set.find_named("named", asked).name_wanted);
    asked.caller.name = "orders";
    EXPECT_FALSE(set.find(asked).name_wanted);
    EXPECT_FALSE(set.find_named("named", asked).name_wanted);
    EXPECT_EQ(set.find_named("named", asked).reason, MatchReason::no_client_matches);
}

TEST(Clients, DecideBeforePaths) {
    const auto set = set_of({
        with_clients(profile("own"), {network("10.1.2.3")}),
        with_paths(profile("admin"), {"/admin"}),
    });
    auto asked = request();
    asked.path = "/admin/users";

    EXPECT_EQ(found(set, asked), "own");
    asked.caller.address = IpAddress::parse("10.1.2.4");
    EXPECT_EQ(found(set, asked), "admin");
}

TEST(Paths, TheLongestPrefixDecidesThenNone) {
    const auto set = set_of({
        profile("any"),
        with_paths(profile("orders"), {"/orders"}),
        with_paths(profile("open"), {"/orders/open", "/open"}),
    });
    auto asked = request();

    for (const auto& [path, name] : std::vector<std::pair<const char*, const char*>>{
             {"/", "any"},
             {"/orders", "orders"},
             {"/orders/7", "orders"},
             {"/orders/open?all", "open"},
             {"/orders/opening", "orders"},
             {"/open/", "open"},
             {"/Orders", "any"},
             {"*", "any"}}) {
        asked.path = path;
        EXPECT_EQ(found(set, asked), name) << path;
    }
}

TEST(Paths, ThatServersReadInDifferentWaysGetNoProfileWherePathsMatter) {
    const auto set = set_of({profile("any"), with_paths(profile("admin"), {"/admin"})});
    auto asked = request();
    asked.path = "/public/..%2fadmin";

    EXPECT_EQ(set.find(asked).reason, MatchReason::ambiguous_path);
    EXPECT_EQ(set.find_named("admin", asked).reason, MatchReason::ambiguous_path);
    EXPECT_EQ(set.find_named("any", asked).profile, 0);
    EXPECT_EQ(set_of({profile("any")}).find(asked).profile, 0);
}

TEST(Methods, AreComparedAsTheyStand) {
    const auto set = set_of({profile("any"), with_methods(profile("write"), {"POST", "PUT"})});
    auto asked = request();

    EXPECT_EQ(found(set, asked), "any");
    asked.method = "PUT";
    EXPECT_EQ(found(set, asked), "write");
    asked.method = "put";
    EXPECT_EQ(found(set, asked), "any");
}

TEST(Listeners, LimitAndDecide) {
    const auto set = set_of({with_listeners(profile("apps"), {"apps"})});
    auto asked = request();

    EXPECT_EQ(found(set, asked), "apps");
    asked.caller.listener = "other";
    EXPECT_EQ(found(set, asked), "a profile's hosts match, but not its listeners");
    EXPECT_FALSE(set.find_named("apps", asked).found());
}

TEST(Profile, NamedByTheRequestIsLimitedByAllThatItSays) {
    auto one = with_methods(with_paths(profile("one"), {"/orders"}), {"GET"});
    one.hosts.clear();
    const auto set = set_of({one});
    auto asked = request();
    asked.host = "anywhere.example";
    asked.path = "/orders/7";

    EXPECT_EQ(set.find_named("one", asked).profile, 0);
    asked.method = "POST";
    EXPECT_EQ(set.find_named("one", asked).reason, MatchReason::no_method_matches);
    asked.path = "/";
    EXPECT_EQ(set.find_named("one", asked).reason, MatchReason::no_path_matches);
}

TEST(TieExample, ShowsWhatTheTwoShare) {
    EXPECT_EQ(
        example_of(
            {with_clients(profile("a"), {NamedClientPattern{"billing"}}),
             with_clients(profile("b"), {NamedClientPattern{"billing"}})}
        ),
        "api.partner.example:443 by client 'billing'"
    );
    EXPECT_EQ(
        example_of(
            {with_clients(profile("a"), {network("10.0.0.0/8")}),
             with_clients(profile("b"), {network("10.0.0.0/8")}),
             with_clients(profile("c"), {network("10.0.0.0/9")})}
        ),
        "api.partner.example:443 from 10.128.0.0"
    );
    EXPECT_EQ(
        example_of(
            {with_clients(profile("a"), {UidPattern{7}}),
             with_clients(profile("b"), {UidPattern{7}})}
        ),
        "api.partner.example:443 from uid 7, gid 1000"
    );
    EXPECT_EQ(
        example_of(
            {with_methods(with_paths(profile("a"), {"/o"}), {"PUT"}),
             with_methods(with_paths(profile("b"), {"/o"}), {"PUT", "GET"})}
        ),
        "PUT api.partner.example:443/o"
    );
    EXPECT_EQ(
        example_of({with_listeners(profile("a"), {"apps"}), with_listeners(profile("b"), {"apps"})}
        ),
        "api.partner.example:443 on listener 'apps'"
    );
    EXPECT_EQ(
        example_of({profile("a"), profile("b"), with_methods(profile("c"), {"GET"})}),
        "POST api.partner.example:443"
    );
}

TEST(TieExample, DoesNotExistWhereMoreSpecificProfilesTakeAll) {
    const std::vector<Profile> halves{
        with_clients(profile("a"), {network("10.0.0.0/8")}),
        with_clients(profile("b"), {network("10.0.0.0/8")}),
        with_clients(profile("low"), {network("10.0.0.0/9")}),
        with_clients(profile("high"), {network("10.128.0.0/9")}),
    };
    const std::vector<Profile> listeners{
        profile("a"), profile("b"), with_listeners(profile("all"), {"apps", "local"})};

    EXPECT_EQ(example_of(halves), "no tie");
    EXPECT_EQ(example_of(listeners, {{"apps", false}, {"local", true}}), "no tie");
    EXPECT_EQ(
        example_of(listeners, {{"apps", false}, {"third", true}}),
        "api.partner.example:443 on listener 'third'"
    );
}

}  // namespace
}  // namespace countersign::profiles
