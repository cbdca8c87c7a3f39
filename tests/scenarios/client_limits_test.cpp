#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// A proxy of two workers, which count together, with two listeners and a unix socket. `limits`: of
/// limits:, `of_listener`: of listener "apps".
class Limited {
public:
    explicit Limited(const std::string& limits, const std::string& of_listener = {})
        : proxy_{configuration(limits, of_listener)} {}

    std::string configuration(const std::string& limits, const std::string& of_listener = {})
        const {
        std::string text = "listeners:\n  - { name: apps, address: 127.0.0.1:0";
        text += of_listener + " }\n  - { name: others, address: 127.0.0.1:0 }\n";
        text += "  - { name: local, address: \"unix:" + socket_.string() + "\" }\n";
        const std::string top =
            "limits: { " + limits + " }\nworkers: 2\nadmin: { address: " + "127.0.0.1:0 }\n";
        return text + partner_.configuration(nginx_.port(), {}, top);
    }
    HttpClient at(const std::string& listener) const {
        return HttpClient::tcp(proxy_.port(listener));
    }
    Response ask(HttpClient& client) const {
        return client.exchange(absolute_get(nginx_.authority(), "/whoami", "Accept: text/plain\r\n")
        );
    }
    Response ask(HttpClient&& client) const { return ask(client); }
    /// Those of `count` clients that are served, and the last refusal.
    std::vector<HttpClient> fill(int count, const std::string& listener, Response& refusal) const {
        std::vector<HttpClient> served;
        for (int i = 0; i < count; ++i) {
            HttpClient client = at(listener);
            Response response = ask(client);
            if (response.status == 200) {
                served.push_back(std::move(client));
            } else {
                refusal = std::move(response);
            }
        }
        return served;
    }
    /// The status that a client gets which comes from that address.
    std::string status_from(const std::string& address, const std::string& listener) const {
        return run(
            {"curl", "-sS", "--interface", address, "-o", "/dev/null", "-w", "%{http_code}",
             "--noproxy", "", "-x", "http://127.0.0.1:" + std::to_string(proxy_.port(listener)),
             "http://" + nginx_.authority() + "/whoami"}
        );
    }
    ProxyUnderTest& proxy() { return proxy_; }
    const std::filesystem::path& socket() const { return socket_; }

private:
    const Partner partner_;
    const Nginx nginx_{partner_.nginx()};
    const std::filesystem::path socket_ = partner_.files() / "local.sock";
    ProxyUnderTest proxy_;
};

void expect_refusal(const Response& refusal, const std::string& words) {
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(proxy_error(refusal), "connection_limit_reached");
    EXPECT_EQ(refusal.field("Connection"), "close");
    std::string body = refusal.body;
    for (std::size_t at = body.find("\n         "); at != body.npos;
         at = body.find("\n         ")) {
        body.replace(at, 10, " ");
    }
    EXPECT_NE(body.find(words), body.npos) << words << "\n" << body;
}

/// One limit by itself, of so many; who is not held to it, and in which words it is told.
struct Kind {
    std::string name;
    std::string limits;
    std::string of_listener;
    std::string free_listener;  ///< a client from there …
    std::string free_address;   ///< … at that address is served all the same; empty: nobody is
    std::string words;
};

TEST(ClientLimits, AreHeldAndToldWithTheirKeyAndValue) {
    for (const int limit : {1, 3}) {
        const std::string value = std::to_string(limit);
        for (const Kind& kind : {
                 Kind{
                     "all", "client_connections: " + value, "", "", "",
                     "The proxy has as many client connections as limits.client_connections "
                     "allows, " +
                         value +
                         ". remedy: Close connections that are not needed, or "
                         "raise limits.client_connections."},
                 Kind{
                     "listener", "", ", client_connections: " + value, "others", "127.0.0.1",
                     "Listener 'apps' has as many client connections as its client_connections "
                     "allows, " +
                         value +
                         ". remedy: Close connections that are not needed, or "
                         "raise client_connections of the listener."},
                 Kind{
                     "address", "client_connections_per_address: " + value, "", "apps", "127.0.0.2",
                     "The client's address, 127.0.0.1, has as many connections as "
                     "limits.client_connections_per_address allows, " +
                         value +
                         ". remedy: Close connections that are not needed (those at rest count), "
                         "or "
                         "raise limits.client_connections_per_address."},
             }) {
            SCOPED_TRACE(kind.name + " " + value);
            const Limited world{kind.limits, kind.of_listener};
            Response refusal;

            std::vector<HttpClient> served = world.fill(4 * limit, "apps", refusal);

            EXPECT_EQ(served.size(), static_cast<std::size_t>(limit));
            std::string words = kind.words;
            words.replace(words.find(" remedy: "), 9, "\nremedy:  ");
            expect_refusal(refusal, words);
            if (!kind.free_listener.empty()) {
                EXPECT_EQ(world.status_from(kind.free_address, kind.free_listener), "200");
            }
            for (HttpClient& client : served) EXPECT_EQ(world.ask(client).status, 200);
            served.pop_back();
            wait_until("the place of the one that left", [&] {
                return world.ask(world.at("apps")).status == 200;
            });
        }
    }
}

TEST(ClientLimits, CountAUnixSocketsClientsByUser) {
    const Limited world{"client_connections_per_address: 1"};
    HttpClient first = HttpClient::unix_socket(world.socket());
    ASSERT_EQ(world.ask(first).status, 200);

    const Response refusal = world.ask(HttpClient::unix_socket(world.socket()));

    expect_refusal(
        refusal, "The user of this client, uid " + std::to_string(::getuid()) +
                     ", has as many connections as limits.client_connections_per_address allows, 1."
    );
    EXPECT_EQ(world.ask(world.at("apps")).status, 200) << "an address is another client";
}

TEST(ClientLimits, AreThoseOfTheLatestReloadAndWhoIsConnectedStays) {
    Limited world{"client_connections: 100"};
    Response refusal;
    std::vector<HttpClient> served = world.fill(3, "apps", refusal);
    ASSERT_EQ(served.size(), 3U);

    world.proxy().reload(world.configuration("client_connections_per_address: 2"));

    for (HttpClient& client : served) EXPECT_EQ(world.ask(client).status, 200);
    EXPECT_EQ(world.ask(world.at("apps")).status, 503) << "those from before it count";
    served.pop_back();
    EXPECT_EQ(world.ask(world.at("apps")).status, 503);

    world.proxy().reload(world.configuration("", ", client_connections: 4"));

    std::vector<HttpClient> more = world.fill(4, "apps", refusal);
    EXPECT_EQ(more.size() + served.size(), 4U);
    expect_refusal(refusal, "Listener 'apps' has as many client connections as its");
}

TEST(ClientLimits, AreCountedByWhatWasReached) {
    Limited world{
        "client_connections: 4, client_connections_per_address: 3", ", client_connections: 2"};
    Response refusal;

    const auto of_apps = world.fill(4, "apps", refusal);
    const auto of_others = world.fill(2, "others", refusal);
    HttpClient local = HttpClient::unix_socket(world.socket());
    EXPECT_EQ(world.ask(local).status, 200);
    EXPECT_EQ(world.ask(HttpClient::unix_socket(world.socket())).status, 503);

    EXPECT_EQ(of_apps.size(), 2U);
    EXPECT_EQ(of_others.size(), 1U);
    const std::string page =
        HttpClient::tcp(world.proxy().admin_port()).exchange(get("/metrics", "127.0.0.1")).body;
    const std::string refused = "countersign_client_connections_refused_total{cause=\"";
    EXPECT_NE(page.find(refused + "over_listener_limit\"} 2\n"), page.npos) << page;
    EXPECT_NE(page.find(refused + "over_address_limit\"} 1\n"), page.npos);
    EXPECT_NE(page.find(refused + "over_limit\"} 1\n"), page.npos);
}

/// A client that has its share is told once, not once for each that it tries.
TEST(ClientLimits, AreInTheLogWithTheClient) {
    Limited world{"client_connections_per_address: 1"};
    Response refusal;
    const auto served = world.fill(5, "apps", refusal);
    ASSERT_EQ(served.size(), 1U);

    world.proxy().stop();

    const std::string log = world.proxy().log();
    const std::size_t first =
        log.find("client 127.0.0.1: 503 connection_limit_reached: The client's address");
    EXPECT_NE(first, log.npos) << log;
    EXPECT_EQ(log.find("client_connections_per_address", log.find('\n', first)), log.npos) << log;
}

}  // namespace
}  // namespace countersign::tests
