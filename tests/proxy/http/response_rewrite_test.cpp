#include "proxy/http/response_rewrite.hpp"

#include <gtest/gtest.h>

#include "proxy/http/message_head.hpp"
#include "tests/proxy/http/head_samples.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

struct Client {
    std::uint8_t minor_version = 1;
    bool keep_alive = true;
};

std::string rewritten(std::string_view bytes, Client client = {}, bool to_head_request = false) {
    const auto parsed = ParsedHead::response(bytes, to_head_request);
    EXPECT_TRUE(parsed.complete()) << bytes;
    std::string out = "left over";
    const ResponseFraming framing = response_framing(parsed.head, client.minor_version);
    write_response_head(parsed.head, framing, client.minor_version, client.keep_alive, out);
    return out;
}

TEST(WriteResponseHead, KeepsOrderAndCaseAndAppendsVia) {
    const std::string out = rewritten(
        "HTTP/1.1 404 Not  found\r\nserver:x\r\ncontent-LENGTH: 3\r\nVia: 1.1 edge\r\n\r\n"
    );

    EXPECT_EQ(
        out,
        "HTTP/1.1 404 Not  found\r\nserver:x\r\ncontent-LENGTH: 3\r\nVia: 1.1 edge\r\n"
        "Via: 1.1 countersign\r\n\r\n"
    );
}

TEST(WriteResponseHead, TellsAStatusThatIsNotItsOwnFromOneThatAnotherProxyHasMade) {
    const std::string out = rewritten(
        "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: countersign; error=dns_error\r\n"
        "Content-Length: 0\r\n\r\n"
    );

    EXPECT_EQ(
        out,
        "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: countersign; error=dns_error\r\n"
        "Content-Length: 0\r\nVia: 1.1 countersign\r\n"
        "Proxy-Status: countersign; received-status=502\r\n\r\n"
    );
}

TEST(WriteResponseHead, SaysTheIdentityAndLeavesOutWhatTheServerSaysOfIt) {
    const auto parsed = ParsedHead::response(
        "HTTP/1.1 204 No Content\r\nCOUNTERSIGN-identity: a1\r\nA: 1\r\n\r\n", false
    );
    std::string silent;
    std::string told;
    write_response_head(parsed.head, ResponseFraming::as_is, 1, true, silent);
    write_response_head(
        parsed.head, ResponseFraming::as_is, 1, true, told, {.rewrite = nullptr, .identity = "b2"}
    );

    EXPECT_EQ(silent, "HTTP/1.1 204 No Content\r\nA: 1\r\nVia: 1.1 countersign\r\n\r\n");
    EXPECT_EQ(
        told,
        "HTTP/1.1 204 No Content\r\nA: 1\r\nVia: 1.1 countersign\r\n"
        "Countersign-Identity: b2\r\n\r\n"
    );
}

TEST(WriteResponseHead, FramesTheBodyForTheClient) {
    constexpr Client kOld{.minor_version = 0, .keep_alive = false};
    constexpr Client kNew{};
    struct Row {
        std::string_view name;
        std::string_view came;
        Client client;
        std::string_view goes;
    };
    for (const Row& row : {
             Row{"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", kNew,
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"},
             Row{"length, old client", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", kOld,
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"
                 "Connection: close\r\n"},
             Row{"length, old client that is kept", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
                 Client{.minor_version = 0, .keep_alive = true},
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"
                 "Connection: keep-alive\r\n"},
             Row{"chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\nA: 1\r\n", kNew,
                 "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nA: 1\r\n"
                 "Via: 1.1 countersign\r\n"},
             Row{"chunked, old client", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: 1\r\n",
                 kOld, "HTTP/1.1 200 OK\r\nA: 1\r\nVia: 1.1 countersign\r\nConnection: close\r\n"},
             Row{"until close", "HTTP/1.0 200 OK\r\nA: 1\r\n", kNew,
                 "HTTP/1.1 200 OK\r\nA: 1\r\nVia: 1.0 countersign\r\n"
                 "Transfer-Encoding: chunked\r\n"},
             Row{"until close, old client", "HTTP/1.0 200 OK\r\n", kOld,
                 "HTTP/1.1 200 OK\r\nVia: 1.0 countersign\r\nConnection: close\r\n"},
             Row{"last on its connection", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
                 Client{.minor_version = 1, .keep_alive = false},
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"
                 "Connection: close\r\n"},
             Row{"no body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n", kNew,
                 "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"},
             Row{"chunks that never come", "HTTP/1.1 204 None\r\nTransfer-Encoding: chunked\r\n",
                 kNew, "HTTP/1.1 204 None\r\nVia: 1.1 countersign\r\n"},
             Row{"a length that never comes", "HTTP/1.1 204 None\r\nContent-Length: 3\r\n", kNew,
                 "HTTP/1.1 204 None\r\nVia: 1.1 countersign\r\n"},
             Row{"nought that is true", "HTTP/1.1 204 None\r\nContent-Length: 0\r\n", kNew,
                 "HTTP/1.1 204 None\r\nContent-Length: 0\r\nVia: 1.1 countersign\r\n"},
             Row{"asks for NTLM",
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n", kNew,
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n"
                 "Via: 1.1 countersign\r\nProxy-Support: Session-Based-Authentication\r\n"
                 "Connection: Proxy-Support\r\n"},
             Row{"asks for NTLM on a connection that ends",
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n",
                 Client{.minor_version = 1, .keep_alive = false},
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n"
                 "Via: 1.1 countersign\r\nConnection: close\r\n"},
             Row{"asks for Basic",
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n", kNew,
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n"
                 "Via: 1.1 countersign\r\n"},
             Row{"interim", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n",
                 Client{.minor_version = 1, .keep_alive = false},
                 "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nVia: 1.1 countersign\r\n"},
         }) {
        const std::string out = rewritten(std::string(row.came) + "\r\n", row.client);

        EXPECT_EQ(out, std::string(row.goes) + "\r\n") << row.name;
    }
}

TEST(WriteResponseHead, KeepsTheLengthThatHeadAskedFor) {
    const std::string length =
        rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", Client{}, true);
    const std::string chunked =
        rewritten("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Client{}, true);

    EXPECT_EQ(length, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n\r\n");
    EXPECT_EQ(chunked, "HTTP/1.1 200 OK\r\nVia: 1.1 countersign\r\n\r\n");
}

TEST(WriteResponseHead, LeavesOutOrMendsAField) {
    struct Row {
        std::string_view name;
        std::string_view came;
        std::string_view goes;
    };
    for (const Row& row : {
             Row{"connection and what it lists",
                 "A: 1\r\nConnection: X-Hop\r\nx-hop: 2\r\nB: 3\r\n", "A: 1\r\nB: 3\r\n"},
             Row{"keep-alive", "Keep-Alive: timeout=5\r\n", ""},
             Row{"proxy-connection", "Proxy-Connection: keep-alive\r\n", ""},
             Row{"proxy-authenticate", "Proxy-Authenticate: Basic\r\nWWW-Authenticate: Basic\r\n",
                 "WWW-Authenticate: Basic\r\n"},
             Row{"upgrade", "Connection: upgrade\r\nUpgrade: h2c\r\n", ""},
             Row{"protected from connection", "Set-Cookie: a\r\nConnection: Set-Cookie\r\n",
                 "Set-Cookie: a\r\n"},
             Row{"trailer stays", "Trailer: X\r\n", "Trailer: X\r\n"},
         }) {
        const std::string out =
            rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + std::string(row.came) + "\r\n");

        EXPECT_EQ(
            out, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + std::string(row.goes) +
                     "Via: 1.1 countersign\r\n\r\n"
        ) << row.name;
    }
}

TEST(WriteResponseHead, SaysALengthOnceAndPlainly) {
    const std::string list = rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nA: 1\r\n\r\n");
    const std::string lines =
        rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n");

    EXPECT_EQ(list, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nA: 1\r\nVia: 1.1 countersign\r\n\r\n");
    EXPECT_EQ(lines, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n\r\n");
}

TEST(WriteResponseHead, WritesWhatReadsBackWithTheSameFraming) {
    for (const HeadSample& sample : kResponseSamples) {
        const auto before = ParsedHead::response(sample.bytes);

        const auto after = ParsedHead::response(rewritten(sample.bytes));

        ASSERT_TRUE(after.complete()) << sample.name;
        EXPECT_EQ(after.head.status, before.head.status) << sample.name;
        EXPECT_EQ(after.head.reason, before.head.reason) << sample.name;
        const Framing expected =
            before.head.framing == Framing::until_close ? Framing::chunked : before.head.framing;
        EXPECT_EQ(after.head.framing, expected) << sample.name;
        EXPECT_EQ(after.head.content_length, before.head.content_length) << sample.name;
    }
}

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
