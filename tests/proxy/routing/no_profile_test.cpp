#include "proxy/routing/no_profile.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proxy/brief_bound.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::routing {
namespace {

class NoProfile : public testing::Test {
protected:
    NoProfile() {
        configuration_.certificates = {partner_.trust()};
        request_.host = kHost;
        request_.caller.address = profiles::IpAddress::parse("10.1.2.3");
        request_.caller.listener = "apps";
    }
    profiles::Profile& add(const std::string& name) {
        configuration_.profiles.push_back(Partner::profile(name, {std::string{kHost}}, ""));
        return configuration_.profiles.back();
    }
    Failure refused(std::string_view name = {}) {
        const auto generation = generation_of(configuration_);
        const profiles::ProfileSet& set = generation->profiles();
        const profiles::Match match =
            name.empty() ? set.find(request_) : set.find_named(name, request_);
        EXPECT_FALSE(match.found());
        Failure failure = no_profile(*generation, request_, name, match);
        expect_bounded_brief(failure);
        return failure;
    }

    static constexpr std::string_view kHost = "api.partner.example";
    Partner partner_;
    profiles::Configuration configuration_;
    profiles::Request request_;
};

TEST_F(NoProfile, NamesTheProfileItsPortsAndThePortThatWasAsked) {
    add("partner").ports = {443, 8443};
    request_.port = 9000;

    const Failure failure = refused();

    EXPECT_EQ(
        failure.reason(),
        "Profile 'partner' has the host 'api.partner.example', but not port 9000: its "
        "ports are 443 and 8443."
    );
    EXPECT_EQ(failure.remedy(), "Use a port that the profile has, or add this one to its ports.");
    EXPECT_EQ(brief_text(failure, kHost), "no profile for api.partner.example with this port");
}

TEST_F(NoProfile, NamesTheDefaultPortWhereTheRequestHasNone) {
    add("partner").ports = {8443};

    EXPECT_EQ(
        refused().reason(),
        "Profile 'partner' has the host 'api.partner.example', and the request names no port: "
        "its default_port, 443, is not among its ports, 8443."
    );
}

TEST_F(NoProfile, NamesTheProfilesOfTheHostAndWhatEachHas) {
    add("one").ports = {443};
    add("two").ports = {8443, 9443};
    request_.port = 9000;

    EXPECT_EQ(
        refused().reason(),
        "2 profiles have the host 'api.partner.example', but not port 9000: the ports of "
        "'one' are 443, those of 'two' 8443 and 9443."
    );
}

TEST_F(NoProfile, NamesNoMoreThanAReaderTakesIn) {
    for (const char* name : {"a", "b", "c", "d"}) add(name);
    std::uint16_t port = 1000;
    for (profiles::Profile& profile : configuration_.profiles) {
        for (int i = 0; i < 12; ++i) profile.ports.push_back(port++);
    }
    request_.port = 9;

    const std::string reason = refused().reason();

    EXPECT_NE(reason.find("4 profiles have"), std::string::npos) << reason;
    EXPECT_NE(reason.find("1006, 1007 and 4 more"), std::string::npos) << reason;
    EXPECT_EQ(reason.find("'d'"), std::string::npos) << reason;
}

TEST_F(NoProfile, NamesPathsMethodsAndListeners) {
    profiles::Profile& orders = add("orders");
    orders.paths = {*profiles::PathPrefix::parse("/orders"), *profiles::PathPrefix::parse("/v2")};
    request_.path = "/invoices?token=secret";

    EXPECT_EQ(
        refused().reason(),
        "Profile 'orders' has the host 'api.partner.example', but not path '/invoices': its "
        "paths are /orders and /v2."
    );
    request_.path = "/orders";
    configuration_.profiles[0].methods = {"GET"};
    request_.method = "POST";
    EXPECT_EQ(
        refused().reason(),
        "Profile 'orders' has the host 'api.partner.example', but not method POST: its methods "
        "are GET."
    );
    EXPECT_EQ(
        refused().remedy(),
        "Use a method that the profile has. If this one is right, add it to the methods of the "
        "profile that should serve it."
    );
    configuration_.profiles[0].listeners = {"inner"};
    EXPECT_EQ(
        refused().reason(),
        "Profile 'orders' has the host 'api.partner.example', but not listener 'apps': its "
        "listeners are inner."
    );
}

TEST_F(NoProfile, DoesNotSayForWhomAProfileIs) {
    add("billing").clients = {*profiles::Network::parse("192.0.2.0/24")};

    EXPECT_EQ(
        refused().reason(),
        "Profile 'billing' has the host 'api.partner.example', but is not for clients at "
        "10.1.2.3."
    );
    EXPECT_EQ(
        refused().remedy(),
        "If this client may use the profile and its identity, add 10.1.2.3 to the clients of the "
        "profile that should serve it."
    );
    add("payroll").clients = {*profiles::Network::parse("198.51.100.0/24")};
    EXPECT_EQ(
        refused().reason(),
        "A profile has the host 'api.partner.example', but none is for clients at 10.1.2.3."
    );
}

TEST_F(NoProfile, DoesNotSayThePortsOfOneThatIsForOthers) {
    profiles::Profile& hidden = add("hidden");
    hidden.ports = {8443};
    hidden.clients = {*profiles::Network::parse("192.0.2.0/24")};
    request_.port = 9000;

    for (const char* name : {"", "hidden"}) {
        const std::string reason = refused(name).reason();
        EXPECT_EQ(reason.find("8443"), std::string::npos) << reason;
    }
}

TEST_F(NoProfile, OfTheOneThatIsNamedSaysTheSame) {
    add("partner").ports = {443};
    request_.port = 9000;

    EXPECT_EQ(
        refused("partner").reason(),
        "Profile 'partner', which the request names, has the host 'api.partner.example', "
        "but not port 9000: its ports are 443."
    );
}

TEST_F(NoProfile, NamesTheHostThatWasMeantFirst) {
    add("partner");
    request_.host = "api.partner.exmaple";

    EXPECT_EQ(
        refused().remedy(),
        "Did you mean 'api.partner.example' of profile 'partner'? Otherwise add the host to the "
        "hosts of the profile that should serve it."
    );
    request_.host = "elsewhere.org";
    EXPECT_EQ(
        refused().remedy(),
        "Add the host to the hosts of the profile that should serve it, or add a profile for it."
    );
}

TEST_F(NoProfile, NamesTheProfileThatWasMeantToWhoMayUseItOnly) {
    add("partner");
    configuration_.profiles.push_back(Partner::profile("inside", {"*.inside.example"}, ""));
    configuration_.profiles.back().clients = {*profiles::Network::parse("192.0.2.0/24")};
    const auto generation = generation_of(configuration_);
    RoutingRequest asked;
    asked.request = request_;
    asked.scheme = "http";

    asked.named = "parnter";
    EXPECT_EQ(
        unknown_profile(*generation, asked).remedy(),
        "Did you mean 'partner'? Otherwise leave the field out: the profile is then found by the "
        "host."
    );
    asked.named = "insdie";
    EXPECT_EQ(unknown_profile(*generation, asked).remedy().find("inside"), std::string::npos);
    asked.named = {};
    asked.scheme = "parnter";
    const std::string call = "Otherwise call http://" + std::string{request_.host} + "/";
    EXPECT_TRUE(unknown_profile(*generation, asked)
                    .remedy()
                    .starts_with("Did you mean 'partner://'? " + call));
}

TEST_F(NoProfile, SaysThatAWildcardDoesNotHaveTheNameAbove) {
    configuration_.profiles = {Partner::profile("partner", {"*.partner.example"}, "")};
    request_.host = "partner.example";

    EXPECT_EQ(
        refused().remedy(),
        "'*.partner.example' of profile 'partner' stands for the names below partner.example only: "
        "add 'partner.example' too, where that profile should serve it."
    );
}

}  // namespace
}  // namespace countersign::proxy::routing
