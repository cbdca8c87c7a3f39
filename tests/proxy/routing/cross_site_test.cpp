#include "proxy/routing/cross_site.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::routing {
namespace {

/// On 127.0.0.1:9443, with api.partner.example:8443 behind it.
profiles::Listener direct(const std::string& address = "127.0.0.1", std::uint16_t port = 9443) {
    profiles::Listener listener;
    listener.name = "direct";
    listener.address = profiles::TcpAddress{*profiles::IpAddress::parse(address), port};
    listener.upstream = profiles::HostPort{"api.partner.example", 8443};
    return listener;
}

CrossSite found(
    const std::string& fields, const std::string& host = "legacy:9443",
    const profiles::Listener& listener = direct()
) {
    const http::ParsedHead head = http::ParsedHead::request(
        "POST /orders HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n"
    );
    EXPECT_TRUE(head.complete()) << fields;
    return cross_site_of(head.head, listener);
}

struct OriginCase {
    std::string name;
    std::string origin;
    std::string host;
    CrossSite expected;
    friend void PrintTo(const OriginCase& row, std::ostream* out) { *out << row.origin; }
};

constexpr CrossSite kOwn = CrossSite::no;
constexpr CrossSite kForeign = CrossSite::foreign_origin;

const std::vector<OriginCase> kOrigins{
    {"HostWithItsPort", "http://legacy:9443", "legacy:9443", kOwn},
    {"HostInOtherCase", "HTTP://Legacy:9443", "LEGACY:9443", kOwn},
    {"HostOfATlsServerInFront", "https://legacy.example", "legacy.example", kOwn},
    {"HostWithItsDefaultPort", "http://legacy.example", "legacy.example:80", kOwn},
    {"DefaultPortInTheOrigin", "https://legacy.example:443", "legacy.example", kOwn},
    {"HostWithADotAtItsEnd", "http://legacy.example.:9443", "legacy.example:9443", kOwn},
    {"HostAsIPv6", "http://[0:0::1]:9443", "[::1]:9443", kOwn},
    {"InternationalHost", "http://xn--bcher-kva.example", "xn--bcher-kva.example", kOwn},
    {"ListenersAddress", "http://127.0.0.1:9443", "legacy:9443", kOwn},
    {"UpstreamsHost", "https://api.partner.example", "127.0.0.1:9443", kOwn},
    {"UpstreamsHostAsClientsCallIt", "http://api.partner.example", "127.0.0.1:9443", kOwn},
    {"UpstreamsHostWithItsPort", "https://API.partner.example:8443", "127.0.0.1:9443", kOwn},
    {"UpstreamsHostWithAnotherPort", "https://api.partner.example:8444", "x", kForeign},
    {"OtherHost", "https://evil.example", "legacy:9443", kForeign},
    {"OtherPort", "http://legacy:9444", "legacy:9443", kForeign},
    {"OtherDefaultPort", "https://legacy.example", "legacy.example:80", kForeign},
    {"OtherPortOfTheMachine", "http://127.0.0.1:8080", "127.0.0.1:9443", kForeign},
    {"OtherAddressOfTheMachine", "http://127.0.0.2:9443", "legacy:9443", kForeign},
    {"HostBelow", "http://evil.legacy:9443", "legacy:9443", kForeign},
    {"HostThatBeginsSo", "http://legacy.evil.example:9443", "legacy:9443", kForeign},
    {"HostAsUser", "http://legacy:9443@evil.example", "legacy:9443", kForeign},
    {"Null", "null", "legacy:9443", kForeign},
    {"NullWhereHostIsNull", "null", "null", kForeign},
    {"Nothing", "", "legacy:9443", kForeign},
    {"List", "http://legacy:9443 http://evil.example", "legacy:9443", kForeign},
    {"ListWithComma", "http://legacy:9443,http://evil.example", "legacy:9443", kForeign},
    {"Path", "http://legacy:9443/", "legacy:9443", kForeign},
    {"NoScheme", "legacy:9443", "legacy:9443", kForeign},
    {"Extension", "chrome-extension://legacy", "legacy", kForeign},
    {"File", "file://", "legacy:9443", kForeign},
    {"WhereHostIsEmpty", "http://", "", kForeign},
    {"WhereHostIsNone", "http://a b", "a b", kForeign},
};

class OriginField : public testing::TestWithParam<OriginCase> {};

TEST_P(OriginField, Decides) {
    const OriginCase& row = GetParam();
    const std::string field = "Origin: " + row.origin + "\r\n";

    EXPECT_EQ(found(field, row.host), row.expected);
    EXPECT_EQ(found(field + "Sec-Fetch-Site: same-origin\r\n", row.host), row.expected);
    EXPECT_EQ(found(field + "Sec-Fetch-Site: cross-site\r\n", row.host), row.expected);
}

INSTANTIATE_TEST_SUITE_P(Of, OriginField, testing::ValuesIn(kOrigins), [](const auto& row) {
    return row.param.name;
});

struct FetchSiteCase {
    std::string name;
    std::string value;
    CrossSite expected;
    friend void PrintTo(const FetchSiteCase& row, std::ostream* out) { *out << row.value; }
};

const std::vector<FetchSiteCase> kFetchSites{
    {"None", "none", CrossSite::no},
    {"SameOrigin", "same-origin", CrossSite::no},
    {"SameSite", "same-site", CrossSite::fetch_site},
    {"CrossSite", "cross-site", CrossSite::fetch_site},
    {"OfAnotherTime", "near-site", CrossSite::fetch_site},
    {"Empty", "", CrossSite::fetch_site},
};

class FetchSite : public testing::TestWithParam<FetchSiteCase> {};

TEST_P(FetchSite, DecidesWhereThereIsNoOrigin) {
    EXPECT_EQ(found("sec-fetch-site: " + GetParam().value + "\r\n"), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Of, FetchSite, testing::ValuesIn(kFetchSites), [](const auto& row) {
    return row.param.name;
});

TEST(CrossSiteOf, AProgramIsNo) { EXPECT_EQ(found(""), CrossSite::no); }

TEST(CrossSiteOf, SeveralFieldsAreNotPickedFrom) {
    const std::string own = "Origin: http://legacy:9443\r\n";

    EXPECT_EQ(found(own + own), CrossSite::several_origins);
    EXPECT_EQ(found(own + "Origin: null\r\n"), CrossSite::several_origins);
    EXPECT_EQ(
        found("Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n"), CrossSite::fetch_site
    );
}

TEST(CrossSiteOf, KnowsTheListenersAddress) {
    profiles::Listener socket = direct();
    socket.address = profiles::UnixAddress{"/run/a.sock"};
    const std::string origin = "Origin: http://[::1]:9443\r\n";

    EXPECT_EQ(found(origin, "x", direct("::1")), CrossSite::no);
    EXPECT_EQ(found("Origin: http://[::1]\r\n", "x", direct("::1", 80)), CrossSite::no);
    EXPECT_EQ(found(origin, "x", direct()), CrossSite::foreign_origin);
    EXPECT_EQ(found(origin, "x", socket), CrossSite::foreign_origin);
}

TEST(CrossSiteRule, IsOfListenersWithAnUpstreamOrAProfileWhereAPathIsEnough) {
    const auto by_path = http::ParsedHead::request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto by_url = http::ParsedHead::request("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
    profiles::Listener listener = direct();
    EXPECT_TRUE(refuses_cross_site(listener, by_path.head));
    EXPECT_TRUE(refuses_cross_site(listener, by_url.head));

    listener.cross_site = profiles::CrossSiteRule::allow;
    EXPECT_FALSE(refuses_cross_site(listener, by_path.head));

    listener.cross_site = profiles::CrossSiteRule::refuse;
    listener.upstream.reset();
    EXPECT_FALSE(refuses_cross_site(listener, by_path.head));

    listener.profile = "partner";
    EXPECT_TRUE(refuses_cross_site(listener, by_path.head));
    EXPECT_FALSE(refuses_cross_site(listener, by_url.head));
}

}  // namespace
}  // namespace countersign::proxy::routing
