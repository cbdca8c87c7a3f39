#include "proxy/http/response_rewrite.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace countersign::proxy::http {
namespace {

/// What the value of `name` becomes at a listener that its client calls 127.0.0.1:9443; the value
/// itself where it stays.
std::string at_listener(
    const std::string& name, const std::string& value,
    const std::string& authority = "127.0.0.1:9443"
) {
    const ResponseRewrite rewrite{{true, true, true}, "api.partner.example", 8443, authority};
    Field field;
    field.name = name;
    field.value = value;
    std::string out;
    return rewrite.apply(field, 302, out) ? out : value;
}

TEST(ResponseRewrite, LeadsALocationOfTheUpstreamBackToTheListener) {
    struct Row {
        std::string came;
        std::string goes;
    };
    for (const Row& row : {
             Row{"https://api.partner.example:8443/next?a=1#b", "http://127.0.0.1:9443/next?a=1#b"},
             Row{"HTTPS://API.Partner.Example.:8443", "http://127.0.0.1:9443"},
             Row{"http://api.partner.example:8443/x", "http://127.0.0.1:9443/x"},
             Row{"http://api.partner.example/x", "http://127.0.0.1:9443/x"},
             Row{"http://api.partner.example:80/x", "http://127.0.0.1:9443/x"},
             Row{"//api.partner.example:8443/x", "http://127.0.0.1:9443/x"},
             Row{"https://api.partner.example:8443?q", "http://127.0.0.1:9443?q"},
             Row{"https://api.partner.example/x", ""},
             Row{"//api.partner.example/x", ""},
             Row{"https://api.partner.example:443/x", ""},
             Row{"https://www.partner.example:8443/x", ""},
             Row{"https://api.partner.example.evil.example:8443/x", ""},
             Row{"https://user@api.partner.example:8443/x", ""},
             Row{"https://api.partner.example:8443@evil.example/x", ""},
             Row{"https://api.partner.example:99999/x", ""},
             Row{"https:///api.partner.example:8443/x", ""},
             Row{"/next", ""},
             Row{"next?u=https://api.partner.example:8443/", ""},
             Row{"", ""},
         }) {
        EXPECT_EQ(at_listener("lOCATION", row.came), row.goes.empty() ? row.came : row.goes);
    }
}

TEST(ResponseRewrite, MakesALocationAPathWhereTheClientHasNotSaidWhatItCallsTheListener) {
    const std::string upstream = "https://api.partner.example:8443";

    EXPECT_EQ(at_listener("Location", upstream + "/next?a", ""), "/next?a");
    EXPECT_EQ(at_listener("Location", upstream + "?a", ""), "/?a");
    EXPECT_EQ(at_listener("Location", upstream, ""), "/");
    // Never another authority.
    EXPECT_EQ(at_listener("Location", upstream + "//evil.example/x", ""), "/.//evil.example/x");
    EXPECT_EQ(at_listener("Location", upstream + "/\\evil.example/x", ""), "/./\\evil.example/x");
}

TEST(ResponseRewrite, LeadsARefreshBackAsALocation) {
    const std::string url = "https://api.partner.example:8443/next?a=1;b";
    const std::string back = "http://127.0.0.1:9443/next?a=1;b";
    struct Row {
        std::string came;
        std::string goes;
    };
    for (const Row& row : {
             Row{"0; url=" + url, "0; url=" + back},
             Row{"0;URL=" + url, "0;URL=" + back},
             Row{"10 , Url = " + url, "10 , Url = " + back},
             Row{"0; url=\"" + url + "\"", "0; url=\"" + back + "\""},
             Row{"0; url='" + url + "'", "0; url='" + back + "'"},
             Row{"0; url=//api.partner.example:8443/x", "0; url=http://127.0.0.1:9443/x"},
             Row{"0; url=https://www.partner.example:8443/x", ""},
             Row{"0; url=/next", ""},
             Row{"5", ""},
             Row{"5;", ""},
             Row{"0; url", ""},
             Row{"0; url=", ""},
             Row{"0; url=\"", ""},
             Row{"0; url=\"\"", ""},
             Row{"", ""},
             Row{"; url=" + url, ""},
             Row{"a; url=" + url, ""},
             Row{"0.5; url=" + url, ""},
             Row{"0 url=" + url, ""},
             Row{"0; " + url, ""},
             Row{"0; uri=" + url, ""},
             Row{"0; url=\"" + url, ""},
             Row{"0; url=" + url + "\"", ""},
             Row{"0; url=\"" + url + "'", ""},
             Row{"0; url=\"" + url + "\" x", ""},
             Row{"0; url=" + url + " x", ""},
         }) {
        EXPECT_EQ(at_listener("rEFRESH", row.came), row.goes.empty() ? row.came : row.goes);
    }
    EXPECT_EQ(at_listener("Refresh", "0; url=" + url, ""), "0; url=/next?a=1;b");
}

TEST(ResponseRewrite, LeavesOutOfCookiesWhatTheListenerCannotHave) {
    struct Row {
        std::string came;
        std::string goes;
    };
    for (const Row& row : {
             Row{"a=1; Domain=api.partner.example; Path=/; Secure", "a=1; Path=/"},
             Row{"a=1;domain=.PARTNER.example;secure;HttpOnly", "a=1;HttpOnly"},
             Row{"a=1; Secure ; Domain = example ", "a=1"},
             Row{"a=1; Domain=www.partner.example", ""},
             Row{"a=1; Domain=artner.example", ""},
             Row{"a=1; Domain=", ""},
             Row{"secure", ""},
             Row{"Domain=api.partner.example; Path=/", ""},
             Row{"a=secure; Path=/secure", ""},
             Row{"__Host-a=1; Path=/; Secure", ""},
             Row{"__secure-a=1; Secure", ""},
             Row{"a=1; SameSite=None; Secure", ""},
             Row{"a=1; Secure; SameSite = none", ""},
             Row{"a=1; SameSite=Lax; Secure", "a=1; SameSite=Lax"},
             Row{"a=1; Secure; Partitioned", ""},
             Row{"a=1; Domain=partner.example; Secure; Partitioned", "a=1; Secure; Partitioned"},
         }) {
        EXPECT_EQ(at_listener("set-cookie", row.came), row.goes.empty() ? row.came : row.goes);
    }
    EXPECT_EQ(at_listener("Cookie", "a=1; Secure"), "a=1; Secure");
}

/// One host alone has a profile, and tells what it was asked.
struct OneHost final : PlainUrls {
    std::string authority_of(
        std::string_view host, std::uint16_t port, std::string_view path, std::uint16_t status
    ) const override {
        asked = std::string{path} + " " + std::to_string(status);
        if (host != "sso.partner.example" && host != "2001:db8::7") return {};
        return port == 443 ? std::string{host} : std::string{host} + ":" + std::to_string(port);
    }
    mutable std::string asked;
};

/// The same for a client of the proxy that calls http://api.partner.example, where the server is
/// told `told` in Host; empty: the same.
std::string through_the_proxy(
    const std::string& name, const std::string& value, const std::string& told = {}
) {
    ResponseRewrite rewrite;
    rewrite.rules = {true, true, true};
    rewrite.upstream_host = told;
    rewrite.upstream_port = 8443;
    rewrite.client_authority = rewrite.client_host = "api.partner.example";
    rewrite.plain = std::make_unique<OneHost>();
    Field field;
    field.name = name;
    field.value = value;
    std::string out;
    return rewrite.apply(field, 307, out) ? out : value;
}

TEST(ResponseRewrite, MakesALocationPlainWhereTheHostHasAProfile) {
    struct Row {
        std::string came;
        std::string goes;
    };
    for (const Row& row : {
             Row{"https://sso.partner.example/next?a=1#b", "http://sso.partner.example/next?a=1#b"},
             Row{"HTTPS://SSO.Partner.Example.", "http://sso.partner.example"},
             Row{"https://sso.partner.example:8443?q", "http://sso.partner.example:8443?q"},
             Row{"https://sso.partner.example:443/x", "http://sso.partner.example/x"},
             Row{"//sso.partner.example/x", "http://sso.partner.example/x"},
             Row{"http://sso.partner.example/x", ""},
             Row{"http://sso.partner.example:8443/x", ""},
             Row{"https://other.example/x", ""},
             Row{"https://sso.partner.example.evil.example/x", ""},
             Row{"https://user@sso.partner.example/x", ""},
             Row{"https://sso.partner.example@evil.example/x", ""},
             Row{"https://sso.partner.example\\@evil.example/x", ""},
             Row{"https://sso.partner.example:99999/x", ""},
             Row{"https://sso.partner.example:x/x", ""},
             Row{"https:///sso.partner.example/x", ""},
             Row{"https:/sso.partner.example/x", ""},
             Row{"/next", ""},
             Row{"", ""},
         }) {
        const std::string& expected = row.goes.empty() ? row.came : row.goes;
        EXPECT_EQ(through_the_proxy("Location", row.came), expected);
        EXPECT_EQ(through_the_proxy("Refresh", "0; url=" + row.came), "0; url=" + expected);
        EXPECT_EQ(through_the_proxy("Content-Location", row.came), row.came);
        EXPECT_EQ(through_the_proxy("Link", row.came), row.came);
    }
}

TEST(ResponseRewrite, AsksForWhatTheClientWillAskFor) {
    ResponseRewrite rewrite;
    rewrite.rules.location = true;
    auto hosts = std::make_unique<OneHost>();
    const std::string& asked = hosts->asked;
    rewrite.plain = std::move(hosts);
    Field field;
    field.name = "location";
    std::string out;

    field.value = "https://a.example/x?y=/#z";
    rewrite.apply(field, 301, out);
    EXPECT_EQ(asked, "/x?y=/ 301");
    field.value = "https://a.example?y";
    rewrite.apply(field, 308, out);
    EXPECT_EQ(asked, "/?y 308");
    field.value = "https://a.example";
    rewrite.apply(field, 201, out);
    EXPECT_EQ(asked, "/ 201");
    field.name = "refresh";
    field.value = "0; url=https://a.example/x";
    rewrite.apply(field, 307, out);
    EXPECT_EQ(asked, "/x 303") << "it is followed by GET, whatever the status";
}

TEST(ResponseRewrite, LeadsBackFromTheNameThatOnlyTheServerKnows) {
    constexpr const char* kTold = "gw.internal.example";
    struct Row {
        std::string came;
        std::string goes;
    };
    for (const Row& row : {
             Row{"https://gw.internal.example:8443/x", "http://api.partner.example/x"},
             Row{"http://gw.internal.example/x", "http://api.partner.example/x"},
             Row{"https://gw.internal.example/x", ""},
             Row{"https://sso.partner.example/x", "http://sso.partner.example/x"},
         }) {
        EXPECT_EQ(
            through_the_proxy("Location", row.came, kTold), row.goes.empty() ? row.came : row.goes
        );
    }
    EXPECT_EQ(
        through_the_proxy("Set-Cookie", "a=1; Domain=internal.example; Secure", kTold), "a=1"
    );
    EXPECT_EQ(through_the_proxy("Set-Cookie", "a=1; Domain=example", kTold), "a=1; Domain=example")
        << "the client's name for the server is in it, too";
}

TEST(ResponseRewrite, LeavesACookiesDomainToAClientThatKnowsTheServerByIt) {
    EXPECT_EQ(
        through_the_proxy("Set-Cookie", "a=1; Domain=partner.example; Secure"),
        "a=1; Domain=partner.example"
    );
    EXPECT_EQ(
        through_the_proxy("Set-Cookie", "__Host-a=1; Path=/; Secure"), "__Host-a=1; Path=/; Secure"
    );
}

}  // namespace
}  // namespace countersign::proxy::http
