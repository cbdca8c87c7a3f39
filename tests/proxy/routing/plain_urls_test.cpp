#include "proxy/routing/plain_urls.hpp"

#include <gtest/gtest.h>

#include "tests/proxy/partner.hpp"

namespace countersign::proxy::routing {
namespace {

class PlainUrlsTest : public testing::Test {
protected:
    PlainUrlsTest() {
        profiles::Profile usual = Partner::profile("usual", {"api.example", "*.api.example"}, "");
        profiles::Profile ported = Partner::profile("ported", {"ported.example"}, "");
        ported.default_port = 8443;
        profiles::Profile only = Partner::profile("only", {"only.example"}, "");
        only.ports = {443, 9443};
        only.default_port = 9443;
        profiles::Profile theirs = Partner::profile("theirs", {"theirs.example"}, "");
        theirs.clients = {profiles::NamedClientPattern{"billing"}};
        profiles::Profile here = Partner::profile("here", {"here.example"}, "");
        here.listeners = {"direct"};
        profiles::Profile below = Partner::profile("below", {"below.example"}, "");
        below.paths = {*profiles::PathPrefix::parse("/orders")};
        profiles::Profile read = Partner::profile("read", {"read.example"}, "");
        read.methods = {"GET"};
        profiles::Profile any = Partner::profile("any", {}, "");
        profiles::Listener apps;
        apps.name = "apps";
        profiles::Listener direct;
        direct.name = "direct";
        direct.profile = "any";
        configuration_.certificates = {partner_.trust()};
        configuration_.listeners = {apps, direct};
        configuration_.profiles = {usual, ported, only, theirs, here, below, read, any};
        generation_ = generation_of(configuration_);
    }
    /// Of a request of `method`, on listener `at`, by `name`.
    std::string of(
        std::string_view host, std::uint16_t port, std::string_view path = "/",
        std::uint16_t status = 302, std::string_view method = "GET", std::string_view name = {},
        std::size_t at = 0
    ) const {
        RoutingRequest asked;
        asked.listener = &generation_->configuration().listeners[at];
        asked.request.caller.address = profiles::IpAddress::parse("127.0.0.1");
        asked.request.caller.name = name;
        asked.request.caller.listener = asked.listener->name;
        asked.request.method = method;
        asked.named = named_;
        return PlainUrls{*generation_, asked}.authority_of(host, port, path, status);
    }

    const Partner partner_;
    profiles::Configuration configuration_;
    std::shared_ptr<const generation::Generation> generation_;
    std::string_view named_;
};

TEST_F(PlainUrlsTest, HaveThePortWhereItIsNotTheProfilesOwn) {
    EXPECT_EQ(of("api.example", 443), "api.example");
    EXPECT_EQ(of("www.api.example", 443), "www.api.example");
    EXPECT_EQ(of("api.example", 8443), "api.example:8443");
    EXPECT_EQ(of("ported.example", 443), "ported.example:443");
    EXPECT_EQ(of("ported.example", 8443), "ported.example");
    EXPECT_EQ(of("only.example", 443), "only.example:443");
    EXPECT_EQ(of("only.example", 9443), "only.example");
    EXPECT_EQ(of("only.example", 444), "");
    EXPECT_EQ(of("api.example", 80), "") << "http://api.example:80 is api.example:443";
}

TEST_F(PlainUrlsTest, AreThoseOfProfilesOnly) {
    EXPECT_EQ(of("other.example", 443), "");
    EXPECT_EQ(of("example", 443), "");
    EXPECT_EQ(of(std::string(300, 'a'), 443), "");
}

TEST_F(PlainUrlsTest, AreThoseOfWhoAsksAndWhere) {
    EXPECT_EQ(of("theirs.example", 443), "");
    EXPECT_EQ(of("theirs.example", 443, "/", 302, "GET", "billing"), "theirs.example");
    EXPECT_EQ(of("here.example", 443), "");
    EXPECT_EQ(of("other.example", 443, "/", 302, "GET", "", 1), "other.example")
        << "every request there is profile any's";
}

TEST_F(PlainUrlsTest, AreFoundByPathAndByWhatFollows) {
    EXPECT_EQ(of("below.example", 443, "/orders/7?x"), "below.example");
    EXPECT_EQ(of("below.example", 443, "/other"), "");
    EXPECT_EQ(of("below.example", 443, "/orders/../other"), "") << "servers read that differently";
    struct Row {
        std::uint16_t status;
        std::string_view method;
        bool gets;
    };
    for (const Row& row : {
             Row{301, "GET", true},
             Row{301, "POST", true},
             Row{301, "PUT", false},
             Row{302, "POST", true},
             Row{302, "HEAD", false},
             Row{303, "PUT", true},
             Row{303, "HEAD", false},
             Row{307, "POST", false},
             Row{308, "POST", false},
             Row{308, "GET", true},
             Row{201, "POST", true},
         }) {
        EXPECT_EQ(
            of("read.example", 443, "/", row.status, row.method), row.gets ? "read.example" : ""
        ) << row.status
          << " " << row.method;
    }
}

/// A client sends its own fields again.
TEST_F(PlainUrlsTest, AreThoseOfTheProfileThatTheRequestNamesInAField) {
    named_ = "ported";

    EXPECT_EQ(of("ported.example", 8443), "ported.example");
    EXPECT_EQ(of("api.example", 443), "");
}

}  // namespace
}  // namespace countersign::proxy::routing
