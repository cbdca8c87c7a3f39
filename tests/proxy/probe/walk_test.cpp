#include "proxy/probe/walk.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/proxy/partner.hpp"

namespace countersign::proxy::probe {
namespace {

using Texts = std::vector<std::string>;

class WalkOf : public testing::Test {
protected:
    std::shared_ptr<const generation::Generation> load(std::vector<profiles::Profile> all) {
        profiles::Configuration configuration;
        configuration.listeners.push_back(
            {"default", profiles::TcpAddress{profiles::IpAddress::v4({127, 0, 0, 1}), 0}, {}}
        );
        configuration.certificates = {partner_.trust()};
        configuration.profiles = std::move(all);
        return generation_of(std::move(configuration));
    }
    static Texts stops_of(const Walk& walk) {
        Texts texts;
        for (const Stop& stop : walk.stops) {
            texts.push_back(
                std::to_string(stop.profile) + " " + stop.host + ":" + std::to_string(stop.port)
            );
        }
        return texts;
    }

    const Partner partner_;
};

TEST_F(WalkOf, GoesToEachHostAtEachPort) {
    profiles::Profile several = Partner::profile("several", {"a.example", "b.example"}, "");
    several.ports = {443, 8443};
    profiles::Profile plain = Partner::profile("plain", {"c.example"}, "");
    plain.default_port = 9443;

    const Walk found = walk(*load({several, plain}));

    EXPECT_EQ(
        stops_of(found), (Texts{
                             "0 a.example:443", "0 a.example:8443", "0 b.example:443",
                             "0 b.example:8443", "1 c.example:9443"})
    );
    EXPECT_TRUE(found.untried.empty());
}

TEST_F(WalkOf, GoesWherePatternsLeadOnlyWhereItIsTold) {
    profiles::Profile told = Partner::profile("told", {"*.told.example"}, "");
    told.probe_hosts = {{"api.told.example", 443}, {"api.told.example", 443}};
    const profiles::Profile wild = Partner::profile("wild", {"*.wild.example"}, "");
    const profiles::Profile named = Partner::profile("named", {}, "");

    const Walk found = walk(*load({told, wild, named}));

    EXPECT_EQ(stops_of(found), (Texts{"0 api.told.example:443"}));
    EXPECT_EQ(
        found.untried,
        (Texts{
            "profile 'wild' has patterns of hosts only; add probe_hosts to it, a list of servers "
            "to try",
            "profile 'named' has no hosts; add probe_hosts to it, a list of servers to try"})
    );
}

TEST_F(WalkOf, AsksWhatTheProfileIsFor) {
    profiles::Profile paths = Partner::profile("paths", {"a.example"}, "");
    paths.paths = {*profiles::PathPrefix::parse("/orders")};
    profiles::Profile posts = Partner::profile("posts", {"b.example"}, "");
    posts.methods = {"POST"};
    const auto generation = load({paths, posts});
    const Walk found = walk(*generation);

    const TrialTerms first = terms_of(*generation, found.stops[0], true);
    EXPECT_EQ(
        first.request,
        "HEAD /orders HTTP/1.1\r\nHost: a.example\r\nUser-Agent: countersign-probe\r\n"
        "Accept: */*\r\nVia: 1.1 countersign\r\n\r\n"
    );
    EXPECT_EQ(terms_of(*generation, found.stops[0], false).request, "");
    EXPECT_EQ(terms_of(*generation, found.stops[1], true).request, "") << "no HEAD for who posts";
}

}  // namespace
}  // namespace countersign::proxy::probe
