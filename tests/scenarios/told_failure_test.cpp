// What of a failure is told where no program shows a body: in the status line, and in the log.

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <string_view>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

std::string status_line(const Response& response) {
    return response.head.substr(0, response.head.find("\r\n"));
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; ++at) ++found;
    return found;
}

/// Nobody that the configuration knows.
constexpr std::string_view kWrongPassword = "Proxy-Authorization: Basic YmlsbGluZzp3cm9uZw==\r\n";
constexpr std::string_view kUnknownUser =
    "Proxy-Authorization: Basic bm9ib2R5Omludm9pY2VzLWh1bnRlcjI=\r\n";

/// Two requests never have the same.
std::string without_id(const std::string& body) {
    return std::regex_replace(body, std::regex{"\"request_id\": \"[-0-9a-f]*\""}, "");
}

class ToldFailure : public testing::Test {
protected:
    ToldFailure()
        : proxy_{
              "listeners:\n"
              "  - { name: open, address: 127.0.0.1:0 }\n"
              "  - { name: shut, address: 127.0.0.1:0, allow: [192.0.2.0/24] }\n"
              "clients: [{ name: billing, password: right }]\n" +
              partner_.configuration(server_.port())} {}

    Response ask(const std::string& request, const std::string& listener = "open") const {
        return HttpClient::tcp(proxy_.port(listener)).exchange(request);
    }
    std::string get(std::string_view fields = {}) const {
        return absolute_get(server_.authority(), "/", fields);
    }

    Partner partner_;
    ScriptedServer server_{
        [this] {
            const Ca stranger = Ca::root("Stranger Root");
            auto options = partner_.strict_server();
            options.client_ca = partner_.files().write("other.pem", stranger.certificate_pem());
            return options;
        }(),
        [](Peer& peer) { peer.read_request(); }};
    ProxyUnderTest proxy_;
};

TEST_F(ToldFailure, StandsInTheStatusLine) {
    const Response refused = ask(get());

    EXPECT_EQ(
        status_line(refused), "HTTP/1.1 502 client certificate refused by 127.0.0.1: unknown CA"
    );
    EXPECT_EQ(
        refused.field("Proxy-Status"),
        "countersign; error=tls_alert_received; details=\"client certificate refused by 127.0.0.1: "
        "unknown CA\"; alert-id=48; alert-message=\"unknown_ca\""
    );
    EXPECT_EQ(
        status_line(ask(connect_head(server_.authority()))),
        "HTTP/1.1 403 no tunnel to 127.0.0.1: call http://, not https://, through this proxy"
    );
    EXPECT_EQ(
        status_line(ask(absolute_get("Nobody.example", "/"))),
        "HTTP/1.1 403 no profile for nobody.example"
    );
}

TEST_F(ToldFailure, SaysNothingOfProfileOrHostToWhoMayNotConnect) {
    const std::string named = "localhost:" + std::to_string(server_.port());
    const Response refused = ask(absolute_get(named, "/"), "shut");

    EXPECT_EQ(status_line(refused), "HTTP/1.1 403 client not allowed");
    for (const std::string_view told : {"partner", "localhost"}) {
        EXPECT_EQ(refused.head.find(told), std::string::npos) << refused.head;
        EXPECT_EQ(refused.body.find(told), std::string::npos) << refused.body;
    }
}

TEST_F(ToldFailure, IsTheSameForAnUnknownUserAndAWrongPassword) {
    const Response wrong = ask(get(kWrongPassword));
    const Response unknown = ask(get(kUnknownUser));

    EXPECT_EQ(status_line(wrong), "HTTP/1.1 407 client name or password not accepted");
    EXPECT_EQ(wrong.head, unknown.head);
    EXPECT_EQ(without_id(wrong.body), without_id(unknown.body));
}

TEST_F(ToldFailure, NamesWhatIsWrongWithCredentialsBeforeTheyAreLookedAt) {
    const std::string right = "Proxy-Authorization: Basic YmlsbGluZzpyaWdodA==\r\n";

    const Response bearer = ask(get("Proxy-Authorization: Bearer YmlsbGluZzpyaWdodA==\r\n"));
    const Response twice = ask(get(right + right));

    EXPECT_EQ(
        status_line(bearer), "HTTP/1.1 407 client name and password wanted as Basic credentials"
    );
    EXPECT_EQ(bearer.field("Proxy-Authenticate"), "Basic realm=\"countersign\", charset=\"UTF-8\"");
    EXPECT_NE(bearer.body.find("are not of the scheme Basic"), std::string::npos) << bearer.body;
    EXPECT_EQ(status_line(twice), "HTTP/1.1 407 two Proxy-Authorization fields");
}

TEST_F(ToldFailure, IsLoggedOnceWithItsReasonAndItsRemedy) {
    for (int i = 0; i < 3; ++i) {
        ask(get());
        ask(connect_head(server_.authority()));
        ask(get(kWrongPassword));
        ask(get(), "shut");
        ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    }

    proxy_.stop();
    const std::string log = proxy_.log();
    const std::string partner = " " + server_.authority() + " (profile 'partner'): ";
    EXPECT_EQ(
        count(
            log, " warning" + partner +
                     "502 tls_alert_received: The server refused the client certificate 'CN=alice"
        ),
        1U
    ) << log;
    EXPECT_EQ(count(log, "ask its operator to accept the authority of this one."), 1U) << log;
    EXPECT_EQ(count(log, "403 http_request_denied: CONNECT asks for a tunnel"), 1U) << log;
    EXPECT_EQ(
        count(
            log,
            " warning client 127.0.0.1: 407 http_request_denied: The name and the "
            "password in Proxy-Authorization are no client's."
        ),
        1U
    ) << log;
    EXPECT_EQ(
        count(log, " warning client 127.0.0.1: 403 http_request_denied: The client's address"), 1U
    ) << log;
    EXPECT_EQ(
        count(
            log,
            " info client 127.0.0.1: 400 http_request_error: The request is not acceptable: there "
            "is more than one Host field."
        ),
        1U
    ) << log;
    EXPECT_EQ(count(log, "YmlsbGluZzp3cm9uZw"), 0U) << "no secret in a log";
}

TEST_F(ToldFailure, StandsInTheAccessLogWithWhoAskedAndAsWhom) {
    ask(get("Proxy-Authorization: Basic YmlsbGluZzpyaWdodA==\r\n"));
    ask(get(), "shut");

    const std::string served = proxy_.access_line_with({" name=billing "});
    EXPECT_EQ(logged(served, "listener"), "open");
    EXPECT_EQ(logged(served, "address"), server_.authority());
    EXPECT_EQ(logged(served, "fingerprint").size(), 64U) << served;
    EXPECT_EQ(logged(served, "cause"), "client certificate refused by 127.0.0.1: unknown CA");
    const std::string turned_away = proxy_.access_line_with({" listener=shut "});
    EXPECT_EQ(logged(turned_away, "error"), "http_request_denied");
    EXPECT_EQ(logged(turned_away, "cause"), "client not allowed");
    EXPECT_EQ(logged(turned_away, "request_id").size(), 36U) << turned_away;
}

// A response that had begun cannot be answered any more: only the log says why it was cut.
TEST(ToldFailureOfACut, IsLogged) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                                    peer.close_without_notice();
                                }};
    ProxyUnderTest proxy{partner.configuration(server.port())};

    EXPECT_FALSE(proxy.exchange(absolute_get(server.authority(), "/")).complete);

    proxy.stop();
    const std::string log = proxy.log();
    EXPECT_EQ(
        count(
            log,
            " closed the connection in the middle of its response. Send the request again if it "
            "may be repeated;"
        ),
        1U
    ) << log;
}

}  // namespace
}  // namespace countersign::tests
