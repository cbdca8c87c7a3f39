#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

const std::string kBilling =
    "Proxy-Authorization: Basic YmlsbGluZzppbnZvaWNlcy1odW50ZXIy\r\n";  // invoices-hunter2
const std::string kOrders =
    "Proxy-Authorization: Basic b3JkZXJzOm9yZGVycy1odW50ZXIz\r\n";  // orders-hunter3

/// alice for the client "billing", bob for the client "orders", one host.
std::string two_clients(const Partner& partner) {
    const auto password = partner.files().write("orders.password", "orders-hunter3\n");
    return "clients:\n"
           "  - { name: billing, password: { env: BILLING_PASSWORD } }\n"
           "  - { name: orders, password: { file: " +
           password.string() + " } }\n" + partner.certificates() +
           "profiles:\n"
           "  - { name: a, hosts: [127.0.0.1], clients: [billing], key_store: alice, trust: "
           "[partner-ca] }\n"
           "  - { name: b, hosts: [127.0.0.1], clients: [orders], key_store: bob, trust: "
           "[partner-ca] }\n";
}

const ProxyUnderTest::Options kPasswords{.environment = {{"BILLING_PASSWORD", "invoices-hunter2"}}};

std::string whoami(const std::string& authority, std::string_view fields = {}) {
    return absolute_get(authority, "/whoami", fields);
}

TEST(Clients, OfOneHostHaveTwoIdentities) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{two_clients(partner), kPasswords};
    HttpClient client = proxy.connect();

    const Response billing = client.exchange(whoami(nginx.authority(), kBilling));
    const Response orders = client.exchange(whoami(nginx.authority(), kOrders));

    EXPECT_EQ(value_of(billing.body, "subject"), "CN=alice");
    EXPECT_EQ(value_of(orders.body, "subject"), "CN=bob");
}

TEST(Clients, WithoutOrWithWrongCredentialsAreAskedForThem) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{two_clients(partner), kPasswords};
    HttpClient client = proxy.connect();

    for (const std::string fields :
         {"", "Proxy-Authorization: Basic YmlsbGluZzp3cm9uZw==\r\n",
          "Proxy-Authorization: Basic bm9ib2R5Omludm9pY2VzLWh1bnRlcjI=\r\n",
          "Proxy-Authorization: Basic !!!!\r\n", "Proxy-Authorization: Bearer abc\r\n",
          "Proxy-Authorization: Basic \r\n"}) {
        const Response response = client.exchange(whoami(nginx.authority(), fields));
        EXPECT_EQ(response.status, 407) << fields;
        EXPECT_EQ(proxy_error(response), "http_request_denied");
        EXPECT_EQ(
            response.field("Proxy-Authenticate"), "Basic realm=\"countersign\", charset=\"UTF-8\""
        );
    }
    EXPECT_EQ(client.exchange(whoami(nginx.authority(), kBilling + kOrders)).status, 407);
    EXPECT_EQ(client.exchange(whoami(nginx.authority(), kBilling)).status, 200);
    ASSERT_EQ(proxy.access_lines(8).size(), 8U);
    const std::string everything = proxy.log() + proxy.access_log();
    for (const std::string_view secret :
         {"hunter", "bm9ib2R5Omludm9pY2VzLWh1bnRlcjI", "YmlsbGluZzp3cm9uZw"}) {
        EXPECT_EQ(everything.find(secret), std::string::npos) << secret << " in\n" << everything;
    }
}

/// Most programs send a password only when they are asked for it: sent on without an identity, they
/// would never be.
TEST(Clients, AreAskedForTheirNameAlsoWhereRequestsWithoutAProfilePass) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{two_clients(partner) + "unmatched: tls\n", kPasswords};
    HttpClient client = proxy.connect();

    const Response stranger = client.exchange(whoami(nginx.authority()));
    const Response billing = client.exchange(whoami(nginx.authority(), kBilling));

    EXPECT_EQ(stranger.status, 407);
    EXPECT_EQ(value_of(billing.body, "subject"), "CN=alice");
}

TEST(Clients, WithOneHostNeverShareAConnectionAlsoUnderParallelLoad) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{two_clients(partner) + "workers: 4\n", kPasswords};
    std::atomic<int> wrong = 0;

    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&, i] {
            HttpClient client = proxy.connect();
            for (int n = 0; n < 100; ++n) {
                const bool billing = (i + n) % 2 == 0;
                if (n % 10 == 0) client = proxy.connect();  // another worker's, mostly
                const Response response =
                    client.exchange(whoami(nginx.authority(), billing ? kBilling : kOrders));
                const std::string expected = billing ? "subject=CN=alice\n" : "subject=CN=bob\n";
                if (response.body.find(expected) == std::string::npos) ++wrong;
            }
        });
    }
    for (auto& client : clients) client.join();

    EXPECT_EQ(wrong, 0);
    std::map<std::string, std::set<std::string>> subjects_of;
    for (const std::string& line : nginx.end_and_read_log()) {
        const auto space = line.find(' ');
        subjects_of[line.substr(0, space)].insert(line.substr(space + 1, 10));
    }
    EXPECT_LT(subjects_of.size(), 200U) << "connections were hardly reused";
    for (const auto& [connection, subjects] : subjects_of) {
        EXPECT_EQ(subjects.size(), 1U) << "connection " << connection;
    }
}

TEST(Clients, OfAUnixSocketAreToldByTheirUser) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const auto path = partner.files() / "apps.sock";
    const auto profile = [](const std::string& name, const std::string& client) {
        return "  - { name: " + name + ", hosts: [127.0.0.1], clients: [\"" + client +
               "\"], key_store: alice, trust: [partner-ca] }\n";
    };
    const std::string us = std::to_string(::getuid());
    const std::string others = std::to_string(::getuid() + 1);
    const ProxyUnderTest proxy{
        "listeners:\n  - { name: local, address: \"unix:" + path.string() + "\" }\n" +
        partner.certificates() + "profiles:\n" + profile("ours", "uid:" + us) +
        profile("theirs", "uid:" + others)};
    HttpClient client = HttpClient::unix_socket(path);

    const Response response = client.exchange(whoami(nginx.authority()));
    const Response named =
        client.exchange(whoami(nginx.authority(), "X-Countersign-Profile: theirs\r\n"));

    EXPECT_EQ(value_of(response.body, "subject"), "CN=alice");
    EXPECT_EQ(named.status, 403);
    EXPECT_NE(named.body.find("not for clients with uid " + us), std::string::npos) << named.body;
}

TEST(ProfileField, SelectsAmongTheProfilesOfTheClientAndIsNotForwarded) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    while (true) {
                                        const std::string request = peer.read_request();
                                        if (request.empty()) return;
                                        peer.write(ok(request));
                                    }
                                }};
    const std::string authority = "127.0.0.1:" + std::to_string(server.port());
    const ProxyUnderTest proxy{
        two_clients(partner) + "  - { name: c, clients: [billing], trust: [partner-ca] }\n",
        kPasswords};
    HttpClient client = proxy.connect();
    const auto select = [&](const std::string& profile, const std::string& more = {}) {
        return client.exchange(absolute_get(
            authority, "/", kBilling + "x-countersign-PROFILE: " + profile + "\r\n" + more
        ));
    };

    const Response selected = select("c");

    EXPECT_EQ(selected.status, 200);
    EXPECT_EQ(selected.body.find("ountersign-PROFILE"), std::string::npos) << selected.body;
    EXPECT_EQ(selected.body.find("Authorization"), std::string::npos) << selected.body;
    EXPECT_EQ(select("b").status, 403) << "another client's";
    EXPECT_EQ(select("none").status, 403);
    EXPECT_EQ(select("").status, 400);
    EXPECT_EQ(select("c, a").status, 403);
    EXPECT_EQ(select("C").status, 200) << "a name is a URL's scheme too, whose case does not count";
    EXPECT_EQ(
        client
            .exchange(
                get("C://" + authority + "/", authority, kBilling + "X-Countersign-Profile: c\r\n")
            )
            .status,
        200
    );
    EXPECT_EQ(select("c", "X-Countersign-Profile: a\r\n").status, 400);
    EXPECT_EQ(
        client
            .exchange(
                get("a://" + authority + "/", authority, kBilling + "X-Countersign-Profile: c\r\n")
            )
            .status,
        400
    );
    proxy.access_lines(9);
    EXPECT_NE(proxy.access_log().find("profile=c"), std::string::npos);
}

TEST(Paths, AndMethodsChooseTheIdentity) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles:\n"
        "  - { name: a, hosts: [127.0.0.1], paths: [/whoami], key_store: alice, trust: "
        "[partner-ca] }\n"
        "  - { name: b, hosts: [127.0.0.1], paths: [/whoami], methods: [DELETE], key_store: bob, "
        "trust: [partner-ca] }\n"};
    HttpClient client = proxy.connect();

    const Response get_it = client.exchange(whoami(nginx.authority()));
    const Response escaped = client.exchange(absolute_get(nginx.authority(), "/who%61mi"));
    std::string request = whoami(nginx.authority());
    const Response delete_it = client.exchange("DELETE" + request.substr(3));
    const Response other = client.exchange(absolute_get(nginx.authority(), "/whoami2"));
    const Response dots = client.exchange(absolute_get(nginx.authority(), "/x/..%2fwhoami"));

    EXPECT_EQ(value_of(get_it.body, "subject"), "CN=alice");
    EXPECT_EQ(value_of(escaped.body, "subject"), "CN=alice");
    EXPECT_EQ(value_of(delete_it.body, "subject"), "CN=bob");
    EXPECT_EQ(other.status, 403);
    EXPECT_NE(other.body.find("but not path '/whoami2'"), std::string::npos) << other.body;
    EXPECT_EQ(dots.status, 400);
}

TEST(UnmatchedReport, ForwardsWithoutAnIdentityAndLogsWhatWouldHaveBeenRefused) {
    const Partner partner;
    const Nginx nginx{
        {.certificate = partner.nginx().certificate, .key = partner.nginx().key, .client_ca = {}}};
    const ProxyUnderTest proxy{
        partner.configuration(443, {}, "unmatched: report"),
        {.environment = {{"SSL_CERT_FILE", partner.root_file().string()}}}};
    HttpClient client = proxy.connect();

    const Response first = client.exchange(whoami(nginx.authority()));
    const Response second = client.exchange(whoami(nginx.authority()));

    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(value_of(first.body, "subject"), "");
    EXPECT_EQ(second.status, 200);
    for (const std::string& line : proxy.access_lines(2)) {
        EXPECT_NE(line.find("would_be=http_request_denied"), std::string::npos) << line;
    }
    const std::string log = proxy.log();
    const std::string words = "Profile 'partner' has the host '127.0.0.1', but not port ";
    EXPECT_NE(log.find(words), std::string::npos) << log;
    EXPECT_EQ(log.find(words), log.rfind(words)) << "told twice";
}

TEST(UnmatchedReport, TellsAnAmbiguousPathFromADestinationWithoutAProfile) {
    const Partner partner;
    const Nginx nginx{
        {.certificate = partner.nginx().certificate, .key = partner.nginx().key, .client_ca = {}}};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), "paths: [/orders]", "unmatched: report"),
        {.environment = {{"SSL_CERT_FILE", partner.root_file().string()}}}};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/x/../whoami"));

    EXPECT_EQ(response.status, 200) << response.body;
    const std::string line = proxy.access_lines(1).front();
    EXPECT_NE(line.find("would_be=http_request_error"), std::string::npos) << line;
}

TEST(UnmatchedReport, TellsADestinationOnceWhateverThePath) {
    const Partner partner;
    const Nginx nginx{
        {.certificate = partner.nginx().certificate, .key = partner.nginx().key, .client_ca = {}}};
    ProxyUnderTest proxy{
        partner.configuration(nginx.port(), "paths: [/orders]", "workers: 1\nunmatched: report"),
        {.environment = {{"SSL_CERT_FILE", partner.root_file().string()}}}};

    for (const char* path : {"/a", "/b", "/c"}) {
        proxy.exchange(absolute_get(nginx.authority(), path));
    }
    ASSERT_EQ(proxy.stop(), 0);

    const std::string log = proxy.log();
    const std::size_t told = log.find("unmatched: report");
    ASSERT_NE(told, std::string::npos) << log;
    EXPECT_EQ(log.find("unmatched: report", told + 1), std::string::npos) << log;
}

}  // namespace
}  // namespace countersign::tests
