// The last exchanges, as the console shows them: /api/v1/exchanges.

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/operator.hpp"

namespace countersign::tests {
namespace {

using Texts = std::vector<std::string>;

Texts all_of(const std::string& text, const char* pattern) {
    Texts found;
    const std::regex one{pattern};
    for (std::sregex_iterator i{text.begin(), text.end(), one}; i != std::sregex_iterator{}; ++i) {
        found.push_back((*i)[1]);
    }
    return found;
}
Texts numbers_in(const std::string& text) { return all_of(text, "\"number\":([0-9]+)"); }
Texts urls_in(const std::string& text) { return all_of(text, "\"url\":\"([^\"]*)\""); }

class Exchanges : public OperatorTest {
protected:
    std::string with_console(std::string_view more = {}) const {
        return yaml("\nconsole: { enabled: true }\n" + std::string{more});
    }
    static Response ask_for(const ProxyUnderTest& proxy, const std::string& what) {
        return ask_admin(proxy.admin_port(), "GET", "/api/v1/" + what, bearer());
    }
    /// The list, once the exchange of that number is known: it is told a moment after its answer.
    static std::string known(
        const ProxyUnderTest& proxy, std::size_t number, const std::string& question = {}
    ) {
        const std::string newest = "\"newest\":" + std::to_string(number) + ",";
        std::string body;
        wait_until("exchange " + std::to_string(number) + " is known", [&] {
            body = ask_for(proxy, "exchanges" + question).body;
            return has(body, newest);
        });
        return body;
    }
    std::string url(std::string_view path) const {
        return "http://" + server_.authority() + std::string{path};
    }
    void get_on(HttpClient& client, std::string_view path, std::string_view fields = {}) const {
        client.exchange(absolute_get(server_.authority(), path, fields));
    }
};

TEST_F(Exchanges, AreToldTheNewestFirst) {
    const ProxyUnderTest proxy{with_console()};
    HttpClient client = proxy.connect();
    get_on(client, "/first");
    get_on(client, "/second", "X-Request-Id: order-7\r\n");

    const std::string list = known(proxy, 2);

    EXPECT_EQ(urls_in(list), (Texts{url("/second"), url("/first")}));
    EXPECT_EQ(numbers_in(list), (Texts{"2", "1"}));
    for (const char* const part :
         {"\"listener\":\"", "\"client\":\"127.0.0.1:", "\"method\":\"GET\"",
          "\"profile\":\"partner\"", "\"identity\":\"CN=alice\"", "\"tls\":\"TLSv1.3\"",
          "\"status\":200", "\"reused\":true", "\"reused\":false", "\"request_id\":\"order-7\"",
          "\"error\":null", "\"silent_workers\":0"}) {
        EXPECT_TRUE(has(list, part)) << part << " in " << list;
    }
    EXPECT_GT(std::stoul(all_of(list, "\"handshake_us\":([0-9]+)").back()), 0U);
    EXPECT_GT(std::stoul(all_of(list, "\"total_us\":([0-9]+)").front()), 0U);
}

TEST_F(Exchanges, AreAThousandOfAllWorkersInOrder) {
    const ProxyUnderTest proxy{with_console()};
    std::vector<HttpClient> clients;  // on both workers, as the kernel has it
    for (int i = 0; i < 12; ++i) clients.push_back(proxy.connect());
    for (int i = 0; i < 1500; ++i) get_on(clients[i % clients.size()], "/" + std::to_string(i));

    const std::string list = known(proxy, 1500, "?limit=1000");

    const Texts urls = urls_in(list);
    ASSERT_EQ(urls.size(), 1000U);
    // One was sent after the other. A worker that has to wait tells of one after it was answered,
    // and the other worker of the next ones before that: until the next connection of the first
    // one's turn, which it does not serve before.
    const int most = static_cast<int>(clients.size()) - 1;
    std::vector<int> later(clients.size(), 1500);
    for (std::size_t i = 0; i < urls.size(); ++i) {
        const int sent = std::stoi(urls[i].substr(urls[i].rfind('/') + 1));
        EXPECT_NEAR(sent, 1499 - static_cast<int>(i), most) << urls[i];
        const int before = std::exchange(later[sent % clients.size()], sent);
        EXPECT_LT(sent, before) << "of one connection all are in order";
    }
    EXPECT_EQ(std::set<std::string>(urls.begin(), urls.end()).size(), 1000U);
    EXPECT_EQ(numbers_in(list).front(), "1500");
    EXPECT_EQ(numbers_in(list).back(), "501");
    const std::string page = ask_for(proxy, "exchanges?limit=10&before=511").body;
    EXPECT_EQ(numbers_in(page).front(), "510");
    EXPECT_EQ(numbers_in(page).size(), 10U);
    EXPECT_TRUE(has(page, "\"next\":null"));
}

TEST_F(Exchanges, AreFoundByWhatTheyWere) {
    const ProxyUnderTest proxy{with_console()};
    HttpClient client = proxy.connect();
    get_on(client, "/well");
    client.exchange(absolute_get("no-profile.example", "/nobody"));

    known(proxy, 2);

    const auto found = [&](const std::string& question) {
        return urls_in(ask_for(proxy, "exchanges?" + question).body);
    };
    EXPECT_EQ(found("profile=partner"), Texts{url("/well")});
    EXPECT_EQ(found("profile=-"), Texts{"http://no-profile.example/nobody"});
    EXPECT_EQ(found("status=4xx"), Texts{"http://no-profile.example/nobody"});
    EXPECT_EQ(found("failed=true"), Texts{"http://no-profile.example/nobody"});
    EXPECT_EQ(found("status=200"), Texts{url("/well")});
    EXPECT_EQ(found("after=1"), Texts{"http://no-profile.example/nobody"});
}

TEST_F(Exchanges, HaveNoQueryAndNoSecret) {
    ProxyUnderTest proxy{with_console()};
    HttpClient client = proxy.connect();
    get_on(
        client, "/orders?key=geheim-1",
        "Authorization: Bearer geheim-2\r\nCookie: geheim-3\r\nX-Api-Key: geheim-4\r\n"
    );
    proxy.exchange(absolute_get("user:geheim-5@" + server_.authority(), "/"));
    proxy.exchange(absolute_get("no-profile.example", "/?geheim-6"));
    std::string all = known(proxy, 3);
    for (const std::string& number : numbers_in(all)) {
        all += ask_for(proxy, "exchanges/" + number).body;
    }
    EXPECT_TRUE(has(all, "\"url\":\"" + url("/orders") + "\"")) << all;
    EXPECT_FALSE(has(all, "geheim")) << all;

    proxy.reload(with_console("log: { query: true }\n"));
    get_on(client, "/orders?customer=7");
    EXPECT_EQ(urls_in(known(proxy, 4)).front(), url("/orders?customer=7"));
}

TEST_F(Exchanges, TakeNoMarkupAndNoControlFromAClient) {
    const ProxyUnderTest proxy{with_console()};
    const std::string path = "/<script>alert(1)</script>\"'%0d%0a\xC3\xA9";
    proxy.exchange(absolute_get(server_.authority(), path));
    proxy.exchange("GET /\x1B[2J HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string list = known(proxy, 2);
    for (const char c : list) {
        EXPECT_TRUE((c >= ' ' && c < '\x7F') || c == '\n') << static_cast<int>(c);
    }
    EXPECT_FALSE(has(list, "\\u001b")) << list;
}

TEST_F(Exchanges, ThatFailedOpenTheirReport) {
    const Ca stranger = Ca::root("Stranger Root");
    auto options = partner_.strict_server();
    options.client_ca = partner_.files().write("other.pem", stranger.certificate_pem());
    const ScriptedServer server{options, [](Peer& peer) { peer.read_request(); }};
    const ProxyUnderTest proxy{
        partner_.configuration(server.port(), {}, admin_with_token(partner_)) +
        "\nconsole: { enabled: true }\n"};
    const Response answer = proxy.exchange(absolute_get(server.authority(), "/orders"));
    ASSERT_EQ(answer.status, 502);

    const std::string list = known(proxy, 1, "?failed=true");
    const std::string full = ask_for(proxy, "exchanges/1").body;

    EXPECT_TRUE(has(list, "\"error\":\"tls_alert_received\",\"side\":\"")) << list;
    EXPECT_FALSE(has(list, "\"steps\"")) << "a list has no reports";
    const auto value = [](const std::string& text, const std::string& name) {
        return all_of(text, ("\"" + name + "\": ?\"([^\"]*)\"").c_str()).at(0);
    };
    for (const char* const name : {"stage", "detail", "remedy"}) {
        EXPECT_EQ(value(full, name), value(answer.body, name)) << "as the client was told";
        EXPECT_NE(value(full, name), "");
    }
    for (const char* const step : {"\"offers: ", "\"sent: 'CN=alice'", "\"said: -> ClientHello"}) {
        EXPECT_TRUE(has(full, step)) << step << " in " << full;
    }
    EXPECT_EQ(ask_for(proxy, "exchanges/2").status, 404);
}

TEST_F(Exchanges, KeepAFailureThatAThousandOthersHavePushedOut) {
    const ProxyUnderTest proxy{with_console()};
    HttpClient client = proxy.connect();
    client.exchange(absolute_get("no-profile.example", "/nobody"));
    for (int i = 0; i < 1100; ++i) get_on(client, "/");

    const std::string list = known(proxy, 1101, "?failed=true");

    EXPECT_EQ(urls_in(list), Texts{"http://no-profile.example/nobody"});
    EXPECT_TRUE(has(ask_for(proxy, "exchanges/" + numbers_in(list).at(0)).body, "\"remedy\":\""));
}

TEST_F(Exchanges, HaveTunnels) {
    const Partner partner;
    const ScriptedServer server{{}, [](Peer& peer) { peer.write(peer.read_some()); }};
    const ProxyUnderTest proxy{
        local_tunnels() + admin_with_token(partner) + "console: { enabled: true }\n"};
    HttpClient client = open_tunnel(proxy, server.authority());
    client.send("hello");
    client.finish_sending();
    EXPECT_EQ(client.read_until_close(), "hello");

    const std::string list = known(proxy, 1);

    EXPECT_EQ(urls_in(list), Texts{server.authority()});
    for (const char* const part :
         {"\"method\":\"CONNECT\"", "\"tunnel\":true", "\"status\":200", "\"bytes_in\":5,"}) {
        EXPECT_TRUE(has(list, part)) << part << " in " << list;
    }
}

TEST_F(Exchanges, HaveUpgradesOnceTheyHaveEnded) {
    const Partner partner;
    const ScriptedServer server{partner.strict_server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.write(
                                        "HTTP/1.1 101 Switching Protocols\r\nConnection: "
                                        "Upgrade\r\nUpgrade: websocket\r\n\r\n"
                                    );
                                    peer.write(peer.read_some());
                                }};
    const ProxyUnderTest proxy{partner.configuration(
        server.port(), {}, admin_with_token(partner) + "console: { enabled: true }\n"
    )};
    HttpClient client = proxy.connect();
    client.send(
        get("http://" + server.authority() + "/chat?room=7", server.authority(),
            "Connection: Upgrade\r\nUpgrade: websocket\r\n")
    );
    ASSERT_EQ(client.read_head().status, 101);
    client.send("hello");
    client.finish_sending();
    EXPECT_EQ(client.read_until_close(), "hello");

    const std::string list = known(proxy, 1);

    EXPECT_EQ(urls_in(list), Texts{"http://" + server.authority() + "/chat"});
    for (const char* const part :
         {"\"method\":\"GET\"", "\"status\":101", "\"bytes_in\":5,", "\"tunnel\":true",
          "\"identity\":\"CN=alice\"", "\"error\":null"}) {
        EXPECT_TRUE(has(list, part)) << part << " in " << list;
    }
}

TEST_F(Exchanges, AreKeptWhileThereIsAConsole) {
    ProxyUnderTest proxy{yaml()};
    HttpClient client = proxy.connect();
    get_on(client, "/before");
    const Response none = ask_for(proxy, "exchanges");
    EXPECT_EQ(none.status, 404);
    EXPECT_TRUE(has(none.body, "console: { enabled: true }")) << none.body;
    EXPECT_EQ(ask_for(proxy, "exchanges/1").status, 404);

    proxy.reload(with_console());
    EXPECT_TRUE(urls_in(ask_for(proxy, "exchanges").body).empty());
    get_on(client, "/with");
    known(proxy, 1);
    proxy.reload(with_console("log: { level: debug }\n"));
    get_on(client, "/after");
    EXPECT_EQ(urls_in(known(proxy, 2)), (Texts{url("/after"), url("/with")})) << "a reload keeps";

    proxy.reload(yaml());
    EXPECT_EQ(ask_for(proxy, "exchanges").status, 404);
    proxy.reload(with_console());
    EXPECT_TRUE(urls_in(ask_for(proxy, "exchanges").body).empty()) << "what was kept is gone";
    get_on(client, "/again");
    EXPECT_EQ(urls_in(known(proxy, 3)), Texts{url("/again")});
}

TEST_F(Exchanges, AreForWhoShowsTheToken) {
    const ProxyUnderTest proxy{with_console()};
    for (const char* const path : {"/api/v1/exchanges", "/api/v1/exchanges/1"}) {
        EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", path).status, 401);
        EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", path, bearer()).status, 405);
    }
}

/// A stream of events that is watched.
class Watcher {
public:
    Watcher(const ProxyUnderTest& proxy, const std::string& question)
        : client_{HttpClient::tcp(proxy.admin_port())} {
        client_.send(
            "GET /api/v1/events" + question + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer() + "\r\n"
        );
        head_ = client_.read_head();
    }
    /// All that has come, once it has that part.
    std::string wait_for(const std::string& part) {
        try {
            client_.read_body(head_, [&](std::string_view piece) {
                // What was there when the last wait ended comes once more.
                came_ += piece.substr(std::exchange(seen_, 0));
                if (!has(came_, part)) return;
                seen_ = piece.size();
                throw Enough{};
            });
        } catch (const Enough&) {
        }
        return came_;
    }

private:
    struct Enough {};
    HttpClient client_;
    Response head_;
    std::string came_;
    std::size_t seen_ = 0;
};

TEST_F(Exchanges, AreStreamedToWhoAsksForThem) {
    const ProxyUnderTest proxy{with_console()};
    HttpClient client = proxy.connect();
    get_on(client, "/before");
    known(proxy, 1);
    Watcher from_the_first{proxy, "?exchanges&after=0"};
    const std::string first = from_the_first.wait_for("/before");
    EXPECT_TRUE(has(first, "event: live\n")) << first;
    EXPECT_TRUE(has(first, "\"exchanges\":[{\"number\":1,")) << first;

    get_on(client, "/new");
    const std::string second = from_the_first.wait_for("/new");
    EXPECT_TRUE(has(second, "\"newest\":2,\"skipped\":0}\n\n")) << second;
    EXPECT_EQ(all_of(second, "(/before)\"").size(), 1U) << "nothing is told twice";

    Watcher without{proxy, ""};
    without.wait_for("event: live\n");
    get_on(client, "/third");
    from_the_first.wait_for("/third");
    EXPECT_FALSE(has(without.wait_for("\"exchanges\":3,"), "event: exchanges"));
}

}  // namespace
}  // namespace countersign::tests
