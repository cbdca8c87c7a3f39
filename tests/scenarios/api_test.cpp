#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "certs/password_hash.hpp"
#include "tests/scenarios/operator.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kJson = "Content-Type: application/json\r\n";

class Api : public OperatorTest {
protected:
    std::string with_console() const { return yaml("\nconsole: { enabled: true }\n"); }
    /// `fields` with their line ends.
    static Response post(
        std::uint16_t port, std::string_view target, std::string_view body,
        std::string_view fields = kJson
    ) {
        HttpClient client = HttpClient::tcp(port);
        return client.exchange(post_text(target, body, fields));
    }
    static std::string post_text(
        std::string_view target, std::string_view body, std::string_view fields = kJson
    ) {
        return "POST " + std::string{target} + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
               std::string{fields} + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
               std::string{body};
    }
    static std::string token_object(std::string_view token = kToken) {
        return "{\"token\":\"" + std::string{token} + "\"}";
    }
    /// The Cookie field of who has signed in.
    static std::string sign_in(std::uint16_t port) {
        const std::string set =
            post(port, "/api/v1/session", token_object()).field("Set-Cookie").value();
        return "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
    }
};

TEST_F(Api, AnswersAsItsDescriptionSays) {
    const auto folder = partner_.files() / "console";
    std::filesystem::create_directory(folder);
    const auto hash = certs::PasswordHash::of("correct horse battery", {14, 8, 1});
    const auto users = partner_.files().write("users", "anna:view:" + hash->text() + "\n");
    const ProxyUnderTest proxy{yaml(
        "\nconsole: { enabled: true, directory: " + folder.string() +
        ", users: { file: " + users.string() + " } }\n"
    )};
    wait_until_ready(proxy);
    Process check{
        {"/usr/bin/python3", COUNTERSIGN_SOURCE_DIR "/tests/scenarios/api/answers_test.py",
         "http://127.0.0.1:" + std::to_string(proxy.admin_port()), std::string{kToken},
         partner_.root_file().string(), std::to_string(server_.port()),
         std::to_string(proxy.port()), "anna", "correct horse battery"}};
    EXPECT_EQ(check.wait_for_exit(), 0) << check.output() << check.errors();
}

TEST_F(Api, IsForWhoShowsTheTokenOrHasSignedIn) {
    const ProxyUnderTest proxy{with_console()};
    const std::uint16_t port = proxy.admin_port();
    const Response none = ask_admin(port, "GET", "/api/v1/profiles");
    EXPECT_EQ(none.status, 401);
    EXPECT_EQ(none.field("Content-Type"), "application/problem+json");
    EXPECT_EQ(ask_admin(port, "GET", "/api/v1/profiles", bearer()).status, 200);

    const std::string cookie = sign_in(port);
    EXPECT_EQ(ask_admin(port, "GET", "/api/v1/profiles", cookie).status, 200);
    EXPECT_EQ(
        ask_admin(port, "GET", "/api/v1/profiles", cookie + "Sec-Fetch-Site: cross-site\r\n")
            .status,
        403
    );
    EXPECT_EQ(ask_admin(port, "POST", "/reload", cookie).status, 401)
        << "a page may look, and change nothing";

    EXPECT_EQ(ask_admin(port, "DELETE", "/api/v1/session", cookie).status, 204);
    EXPECT_EQ(ask_admin(port, "GET", "/api/v1/profiles", cookie).status, 401);
}

TEST_F(Api, LetsNobodyGuessTheTokenQuickly) {
    const ProxyUnderTest proxy{with_console()};
    std::vector<HttpClient> guesses;
    for (int i = 0; i < 12; ++i) {
        guesses.push_back(HttpClient::tcp(proxy.admin_port()));
        guesses.back().send(post_text("/api/v1/session", token_object("wrong")));
    }
    int refused_at_once = 0;
    for (HttpClient& one : guesses) {
        const int status = one.read_response().status;
        EXPECT_TRUE(status == 401 || status == 429) << status;
        refused_at_once += status == 429 ? 1 : 0;
    }
    EXPECT_GE(refused_at_once, 1) << "four wait at a time";
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/healthz").status, 200);
    wait_until("the next one may be shown", [&] {
        return post(proxy.admin_port(), "/api/v1/session", token_object()).status == 200;
    });
}

TEST_F(Api, TakesASessionFromWhoseTokenIsGone) {
    ProxyUnderTest proxy{with_console()};
    const std::string cookie = sign_in(proxy.admin_port());
    ASSERT_EQ(ask_admin(proxy.admin_port(), "GET", "/api/v1/profiles", cookie).status, 200);
    partner_.files().write("admin.token", "another token, of enough characters\n");
    proxy.reload();
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/api/v1/profiles", cookie).status, 401);
}

TEST_F(Api, KnowsNoSessionWhereThereIsNoConsoleAnyMore) {
    ProxyUnderTest proxy{with_console()};
    const std::string cookie = sign_in(proxy.admin_port());
    proxy.reload(yaml());
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/console/").status, 404);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/api/v1/profiles", cookie).status, 401);
    EXPECT_EQ(post(proxy.admin_port(), "/api/v1/session", token_object()).status, 404);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/api/v1/profiles", bearer()).status, 200);
}

TEST_F(Api, IsNotReachedByANameThroughAUnixSocketEither) {
    const auto socket = (partner_.files() / "admin.sock").string();
    const ProxyUnderTest proxy{
        partner_.configuration(server_.port()) + "\nadmin: { address: \"unix:" + socket +
        "\" }\nconsole: { enabled: true }\n"};
    const auto status_by = [&](const std::string& host) {
        HttpClient client = HttpClient::unix_socket(socket);
        return client.exchange("GET /api/v1/profiles HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
            .status;
    };
    EXPECT_EQ(status_by("localhost"), 200);
    EXPECT_EQ(status_by("127.0.0.1:9901"), 200);
    EXPECT_EQ(status_by("evil.example:9901"), 403) << "a tunnel may lead a browser to it";
}

TEST_F(Api, TellsOfAStoreThatCannotBeOpenedAnyMore) {
    partner_.write_identity(
        "acme", partner_.issuer().issue({.common_name = "acme", .client_auth = true})
    );
    const ProxyUnderTest proxy{
        "certificates: [{ name: acme, type: pem_key_store, file: " +
        (partner_.files() / "acme.pem").string() + " }]\n" + admin_with_token(partner_)};
    partner_.files().write("acme.pem", "no certificate any more\n");
    Response got;
    wait_until("lint is known", [&] {
        got = ask_admin(proxy.admin_port(), "GET", "/api/v1/certificates/acme", bearer());
        return !has(got.body, "\"findings\":null");
    });
    EXPECT_TRUE(has(got.body, "\"findings\":1,")) << got.body;
    EXPECT_TRUE(has(got.body, "\"lint_problem\":\"")) << got.body;
    EXPECT_TRUE(has(got.body, "\"subject\":\"CN=acme\"")) << "what serves is what was loaded";
}

TEST_F(Api, SaysNoSecret) {
    const auto secret = partner_.files().write("api.key", "geheimer-Wert-4711\n");
    const ProxyUnderTest proxy{
        "profiles: [{ name: p, hosts: [a.example], trust: [system], request_headers: { set: { "
        "X-Api-Key: { "
        "file: " +
        secret.string() + " } } } }]\n" + admin_with_token(partner_)};
    std::string all;
    for (const char* const path : {"status", "certificates", "profiles"}) {
        all += ask_admin(proxy.admin_port(), "GET", std::string{"/api/v1/"} + path, bearer()).body;
    }
    const Response explained = post(
        proxy.admin_port(), "/api/v1/explain", "{\"url\":\"http://a.example/\"}",
        std::string{kJson} + bearer()
    );
    EXPECT_TRUE(has(explained.body, "sets X-Api-Key")) << explained.body;
    all += explained.body;
    EXPECT_FALSE(has(all, "geheimer-Wert-4711"));
    EXPECT_FALSE(has(all, kToken));
}

TEST_F(Api, RefusesWhatIsNotAskedAsItHasToBe) {
    const ProxyUnderTest proxy{yaml()};
    const Response method = ask_admin(proxy.admin_port(), "PUT", "/api/v1/session", bearer());
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method.field("Allow"), "GET, POST, DELETE");
    EXPECT_EQ(method.field("Content-Type"), "application/problem+json");
    const Response nothing = ask_admin(proxy.admin_port(), "GET", "/api/v1/nothing", bearer());
    EXPECT_EQ(nothing.status, 404);
    EXPECT_TRUE(has(nothing.body, "There is no /api/v1/nothing; /api/v1/openapi.json"))
        << nothing.body;
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/api/v1/certificates/", bearer()).status, 404);
    EXPECT_EQ(
        post(
            proxy.admin_port(), "/api/v1/explain", "{\"url\":\"http://a/\",\"clients\":[]}",
            std::string{kJson} + bearer()
        )
            .status,
        400
    ) << "a misspelt key would explain something else";
    const std::string deep(60'000, '[');
    const std::string fields = std::string{kJson} + bearer();
    EXPECT_EQ(post(proxy.admin_port(), "/api/v1/explain", deep, fields).status, 400);
    EXPECT_EQ(
        post(proxy.admin_port(), "/api/v1/explain", std::string(70'000, ' '), fields).status, 413
    );
    EXPECT_EQ(ask_admin(proxy.admin_port(), "HEAD", "/api/v1/profiles", bearer()).status, 200);
}

TEST_F(Api, StreamsWhatHappensToSomeAndStillAnswersOthers) {
    ProxyUnderTest proxy{yaml()};
    const std::string ask =
        "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer() + "\r\n";
    std::vector<HttpClient> watchers;
    for (int i = 0; i < 16; ++i) {
        watchers.push_back(HttpClient::tcp(proxy.admin_port()));
        watchers.back().send(ask);
        EXPECT_EQ(watchers.back().read_head().status, 200);
    }
    const Response full = ask_admin(proxy.admin_port(), "GET", "/api/v1/events", bearer());
    EXPECT_EQ(full.status, 503);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/healthz").status, 200);

    // Who says nothing takes the place of who says nothing, and of nobody who watches.
    std::vector<HttpClient> silent;
    for (int i = 0; i < 64; ++i) silent.push_back(HttpClient::tcp(proxy.admin_port()));
    EXPECT_TRUE(silent.front().closed_within(kPatience));
    for (HttpClient& one : watchers) EXPECT_FALSE(one.closed_within(std::chrono::milliseconds{0}));
    silent.clear();

    watchers.pop_back();
    wait_until("a place for one more", [&] {
        HttpClient next = HttpClient::tcp(proxy.admin_port());
        next.send(ask);
        return next.read_head().status == 200;
    });
    EXPECT_EQ(proxy.stop(), 0) << "nobody who watches holds it up";
    EXPECT_TRUE(has(watchers.front().read_until_close(), "event: live\ndata: {\"at\":\"20"));
}

TEST_F(Api, IsHereWhereThereIsNoConsole) {
    const ProxyUnderTest proxy{yaml()};
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/console/").status, 404);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/api/v1/status", bearer()).status, 200);
}

TEST_F(Api, HasTheConsolesFilesWhereItIsAskedFor) {
    const ProxyUnderTest proxy{with_console()};
    const std::uint16_t port = proxy.admin_port();
    const Response page = ask_admin(port, "GET", "/console/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.field("Content-Type"), "text/html; charset=utf-8");
    EXPECT_TRUE(
        has(page.field("Content-Security-Policy").value(), "default-src 'none'; script-src 'self';")
    );
    EXPECT_EQ(page.field("X-Frame-Options"), "DENY");
    EXPECT_TRUE(has(page.body, "console.js"));
    EXPECT_EQ(ask_admin(port, "GET", "/console").field("Location"), "/console/");
    const Response script = ask_admin(port, "GET", "/console/console.js");
    EXPECT_EQ(script.field("Content-Type"), "text/javascript; charset=utf-8");
    for (const char* const other :
         {"/console/no.js", "/console/../api.cpp", "/console/%2e%2e/openapi.json"}) {
        const Response got = ask_admin(port, "GET", other);
        EXPECT_EQ(got.status, 404) << other;
        EXPECT_EQ(
            got.field("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'"
        );
        EXPECT_EQ(got.field("X-Frame-Options"), "DENY");
    }
    EXPECT_EQ(ask_admin(port, "POST", "/console/").status, 405);
    HttpClient rebound = HttpClient::tcp(port);
    EXPECT_EQ(rebound.exchange("GET /console/ HTTP/1.1\r\nHost: a.example\r\n\r\n").status, 403);
}

}  // namespace
}  // namespace countersign::tests
