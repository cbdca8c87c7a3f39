#include <gtest/gtest.h>

#include "tests/scenarios/explained.hpp"
#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// api.partner.example, whose pages lead to https:// and whose session is a cookie that demands it,
/// and a proxy with a listener that sees to that and one that does not.
class RedirectingPartner {
public:
    explicit RedirectingPartner(const std::string& more = {}) : proxy_{configuration(more)} {}

    /// `curl ARGUMENTS URL` by the listener of that name, as an application that follows.
    std::string curl(
        const std::string& listener, const std::string& url, std::vector<std::string> arguments = {}
    ) const {
        std::vector<std::string> command{
            "curl", "-sSL",    "-b",
            "",     "--proxy", "http://127.0.0.1:" + std::to_string(proxy_.port(listener))};
        command.insert(command.end(), arguments.begin(), arguments.end());
        command.push_back(url);
        Process process{command};
        process.wait_for_exit();
        return process.output() + process.errors();
    }
    Response at(const std::string& listener, const std::string& path) const {
        return HttpClient::tcp(proxy_.port(listener))
            .exchange(absolute_get("api.partner.example", path));
    }
    const ProxyUnderTest& proxy() const { return proxy_; }
    const Partner& partner() const { return partner_; }
    std::string configuration(const std::string& more) const {
        return "listeners:\n"
               "  - { name: plain, address: 127.0.0.1:0 }\n"
               "  - { name: rewriting, address: 127.0.0.1:0, rewrite: [location, cookie_secure] "
               "}\n" +
               partner_.certificates() +
               "profiles:\n  - { name: partner, hosts: " + "[api.partner.example], connect_to: \"" +
               nginx_.authority() + "\", key_store: alice, trust: [partner-ca]" + more + " }\n";
    }

private:
    Nginx::Options server() const {
        const Issued server = partner_.issuer().issue(
            {.common_name = "api", .dns_names = {"api.partner.example"}, .server_auth = true}
        );
        return {
            .certificate = partner_.files().write("api.pem", server.chain_pem()),
            .key = partner_.files().write("api.key", server.key_pem()),
            .client_ca = partner_.root_file(),
            .extra =
                "    location = /login {\n"
                "        add_header Set-Cookie 'sid=7; Path=/; Secure; HttpOnly';\n"
                "        add_header Set-Cookie '__Host-t=1; Path=/; Secure';\n"
                "        return 302 https://api.partner.example/home;\n    }\n"
                "    location = /port { return 307 https://api.partner.example:9443/home; }\n"
                "    location = /away { return 302 https://other.example/; }\n"
                "    location = /home {\n"
                "        return 200 'cookie=$http_cookie\\nsubject=$ssl_client_s_dn\\n"
                "host=$http_host\\n';\n    }\n"};
    }

    const Partner partner_;
    const Nginx nginx_{server()};
    const ProxyUnderTest proxy_;
};

TEST(ForwardRewrite, LetsAnApplicationFollowARedirectToHttpsAndKeepItsSession) {
    const RedirectingPartner world;

    const std::string said = world.curl("rewriting", "http://api.partner.example/login");

    EXPECT_EQ(value_of(said, "cookie"), "sid=7") << said;
    EXPECT_EQ(value_of(said, "subject"), "CN=alice");
    EXPECT_EQ(value_of(said, "host"), "api.partner.example");
}

TEST(ForwardRewrite, NamesThePortThatIsNotTheProfilesOwn) {
    const RedirectingPartner world;

    const std::string said = world.curl("rewriting", "http://api.partner.example/port");

    EXPECT_EQ(value_of(said, "host"), "api.partner.example:9443") << said;
    EXPECT_EQ(
        world.at("rewriting", "/port").field("Location"), "http://api.partner.example:9443/home"
    );
}

TEST(ForwardRewrite, LeavesOthersHostsAndWhatCookiesCannotDoWithout) {
    const RedirectingPartner world;

    const Response away = world.at("rewriting", "/away");
    const Response login = world.at("rewriting", "/login");

    EXPECT_EQ(away.field("Location"), "https://other.example/");
    EXPECT_EQ(login.field("Location"), "http://api.partner.example/home");
    EXPECT_NE(login.head.find("Set-Cookie: sid=7; Path=/; HttpOnly\r\n"), std::string::npos)
        << login.head;
    EXPECT_NE(login.head.find("Set-Cookie: __Host-t=1; Path=/; Secure\r\n"), std::string::npos);
}

TEST(ForwardRewrite, IsNothingThatIsDoneUnasked) {
    const RedirectingPartner world;

    const Response login = world.at("plain", "/login");
    const std::string said = world.curl("plain", "http://api.partner.example/login", {"-v"});

    EXPECT_EQ(login.field("Location"), "https://api.partner.example/home");
    EXPECT_NE(login.head.find("sid=7; Path=/; Secure; HttpOnly"), std::string::npos);
    EXPECT_NE(said.find("< HTTP/1.1 403 no tunnel to api.partner.example: call http://"), said.npos)
        << said;
    world.proxy().access_line_with({" method=CONNECT ", " status=403 ", " listener=plain "});
}

TEST(ForwardRewrite, IsWhatTheRefusedTunnelNamesWhereItIsNotAsked) {
    const RedirectingPartner world;
    const std::string connect = connect_head("api.partner.example:443");
    constexpr std::string_view kHint = "set rewrite: [location] on listener 'plain'";

    const Response plain = HttpClient::tcp(world.proxy().port("plain")).exchange(connect);
    const Response done = HttpClient::tcp(world.proxy().port("rewriting")).exchange(connect);

    EXPECT_NE(plain.body.find(kHint), std::string::npos) << plain.body;
    EXPECT_EQ(done.body.find("rewrite:"), std::string::npos) << done.body;
    EXPECT_EQ(done.status, 403);
}

TEST(ForwardRewrite, IsShownByExplainAndCheck) {
    const RedirectingPartner world;
    const auto file = world.partner().files().write("shown.yaml", world.configuration(""));

    const Explained rewriting =
        explain(file, {"http://api.partner.example/", "--listener", "rewriting"});
    const Explained plain = explain(file, {"http://api.partner.example/", "--listener", "plain"});
    const std::string checked = run({countersign_binary(), "check", "-c", file.string()});

    EXPECT_EQ(
        rewriting.value("rewrites"),
        "location and cookie_secure of the response (listener 'rewriting')"
    ) << rewriting.text;
    EXPECT_EQ(plain.value("rewrites"), "");
    EXPECT_NE(
        checked.find(
            "requests go where they say; responses are rewritten (location and cookie_secure)"
        ),
        std::string::npos
    ) << checked;
}

}  // namespace
}  // namespace countersign::tests
