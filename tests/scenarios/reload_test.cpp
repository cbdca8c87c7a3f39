#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/scenarios/who_asks.hpp"
#include "tests/support/listening_socket.hpp"
#include "tests/support/listening_sockets.hpp"

namespace countersign::tests {
namespace {

TEST(Reload, PresentsTheNewIdentityOnANewConnection) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    ProxyUnderTest proxy{"workers: 1\n" + partner.configuration(server.port())};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");

    partner.write_identity("alice", partner.issue_client("alice renewed"));
    const std::string said = proxy.reload();

    EXPECT_EQ(ask(client, server), "CN=alice renewed on connection 2");
    EXPECT_TRUE(has(said, "profile 'partner': presents CN=alice renewed (sha256 ")) << said;
}

TEST(Reload, LetsConnectionsLiveWhereNothingHasChangedByContent) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    const std::string yaml = "workers: 1\n" + partner.configuration(server.port());
    ProxyUnderTest proxy{yaml};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");

    // The same bytes under another inode, and another profile beside it.
    const auto file = partner.files() / "alice.pem";
    const std::string bytes = read_bytes(file);
    std::filesystem::remove(file);
    partner.files().write("alice.pem", bytes);
    const std::string said = proxy.reload(
        yaml + "  - { name: other, hosts: [other.example], key_store: bob, trust: [partner-ca] }\n"
    );

    EXPECT_EQ(ask(client, server), "CN=alice on connection 1");
    EXPECT_TRUE(has(said, "profile 'other' is new: presents CN=bob (sha256 ")) << said;
    EXPECT_FALSE(has(said, "profile 'partner'")) << said;
}

TEST(Reload, EndsAConnectionWhoseClientIsNotAllowedAnyMore) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    const auto yaml = [&](const std::string& allowed) {
        return "workers: 1\nlisteners: [{ name: apps, address: 127.0.0.1:0, allow: [" + allowed +
               "] }]\n" + partner.configuration(server.port());
    };
    ProxyUnderTest proxy{yaml("127.0.0.1")};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");

    proxy.reload(yaml("127.0.0.2"));
    const Response refused = client.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(refused.status, 403);
    EXPECT_TRUE(has(refused.body, "127.0.0.1 is not in the listener's allow")) << refused.body;
    EXPECT_TRUE(client.closed_within(std::chrono::seconds{10}));
}

TEST(Reload, GivesAProfileThatIsGoneNoRequest) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");

    const std::string said = proxy.reload(partner.certificates());

    const Response refused = client.exchange(absolute_get(server.authority(), "/"));
    EXPECT_EQ(refused.status, 403);
    EXPECT_TRUE(has(said, "profile 'partner' is gone")) << said;
}

/// What a reload refuses, and why. `%` in the YAML is the partner's directory.
struct Broken {
    const char* name;
    std::string top;   ///< what is added to the configuration's top level
    std::string file;  ///< what is written into alice.pem instead; empty: nothing
    std::string said;
};

class BrokenReload : public testing::TestWithParam<Broken> {};

TEST_P(BrokenReload, ChangesNothing) {
    const Broken& broken = GetParam();
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    const std::string yaml = "workers: 1\n" + partner.configuration(server.port());
    ProxyUnderTest proxy{yaml};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");
    const ListeningSocket taken;
    std::string top = broken.top;
    if (const auto at = top.find('%'); at != std::string::npos) {
        top.replace(at, 1, std::to_string(taken.port()));
    }
    if (!broken.file.empty()) partner.files().write("alice.pem", broken.file);

    const std::string said = proxy.try_reload(top + yaml);

    EXPECT_TRUE(has(said, broken.said)) << said;
    EXPECT_TRUE(has(said, "not reloaded; what was loaded before goes on")) << said;
    EXPECT_EQ(ask(client, server), "CN=alice on connection 1");
    EXPECT_EQ(proxy.connect().exchange(absolute_get(server.authority(), "/")).status, 200);
    EXPECT_FALSE(has(said, "listening on")) << said;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BrokenReload,
    testing::Values(
        Broken{"Yaml", "clients: [\n", "", "not valid YAML"},
        Broken{"UnknownKey", "listener: []\n", "", "listener"},
        Broken{"KeyStoreCutShort", "", "-----BEGIN CERTIFICATE-----\nMIIB\n", "alice"},
        Broken{"KeyStoreEmpty", "", "\n", "alice"},
        Broken{
            "PortTaken",
            "listeners: [{ name: apps, address: 127.0.0.1:0 }, { name: more, address: "
            "127.0.0.1:% }]\n",
            "", "listener 'more': 127.0.0.1:"},
        Broken{"AccessLog", "log: { access: /nowhere/access.log }\n", "", "log.access"}
    ),
    [](const auto& test) { return std::string{test.param.name}; }
);

/// Clients that ask all the time, each on its own connection, until they are told to stop.
class Asking {
public:
    Asking(const ProxyUnderTest& proxy, const std::string& request, int clients) {
        for (int i = 0; i < clients; ++i) {
            // Here, where ports are read anew by a reload.
            threads_.emplace_back([this, request, client = proxy.connect()]() mutable {
                while (!stopping_) {
                    const Response response = client.exchange(request);
                    ++(response.status == 200 && response.complete ? good_ : bad_);
                }
            });
        }
    }
    ~Asking() { stop(); }
    void stop() {
        stopping_ = true;
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
    }
    int good() const { return good_; }
    int bad() const { return bad_; }

private:
    std::atomic<bool> stopping_ = false;
    std::atomic<int> good_ = 0;
    std::atomic<int> bad_ = 0;
    std::vector<std::thread> threads_;
};

TEST(Reload, LosesNoRequestWhileIdentitiesAreRenewedUnderLoad) {
    constexpr int kRotations = 20;
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    ProxyUnderTest proxy{"workers: 2\n" + partner.configuration(server.port())};
    const std::string request = absolute_get(server.authority(), "/");
    Asking asking{proxy, request, 16};

    for (int i = 0; i < kRotations; ++i) {
        const std::string name = "alice " + std::to_string(i);
        const auto file = partner.write_identity("next", partner.issue_client(name));
        std::filesystem::rename(file, partner.files() / "alice.pem");
        proxy.reload();
        const int before = asking.good();
        wait_until("the clients go on", [&] { return asking.good() > before + 32; });

        EXPECT_TRUE(proxy.exchange(request).body.starts_with("CN=" + name + " on ")) << name;
    }
    asking.stop();

    EXPECT_EQ(asking.bad(), 0);
    EXPECT_EQ(proxy.stop(), 0);
}

TEST(Reload, IsTriedAgainWithWhatIsMendedThen) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    ProxyUnderTest proxy{"workers: 1\n" + partner.configuration(server.port())};
    HttpClient client = proxy.connect();
    partner.files().write("alice.pem", partner.issue_client("half").certificate_pem());
    ASSERT_TRUE(has(proxy.try_reload(), "not reloaded"));
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");

    partner.write_identity("alice", partner.issue_client("whole"));

    proxy.reload();
    EXPECT_EQ(ask(client, server), "CN=whole on connection 2");
}

TEST(Reload, OpensAndClosesListenersAndLeavesTheOthersAlone) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    // In the sandbox it would make no socket in a folder that it has not known from the start.
    const std::string rest = partner.configuration(server.port(), {}, "sandbox: off\n");
    const auto two = [&rest](const std::string& second) {
        return "listeners: [{ name: stays, address: 127.0.0.1:0 }, " + second + "]\n" + rest;
    };
    const std::string socket = (partner.files() / "apps.sock").string();
    ProxyUnderTest proxy{two("{ name: goes, address: 127.0.0.1:0 }")};
    const std::uint16_t gone = proxy.port("goes");
    const ListeningSockets listening{gone};
    HttpClient stays = HttpClient::tcp(proxy.port("stays"));
    HttpClient goes = HttpClient::tcp(gone);
    ASSERT_EQ(stays.exchange(absolute_get(server.authority(), "/")).status, 200);
    ASSERT_EQ(goes.exchange(absolute_get(server.authority(), "/")).status, 200);

    proxy.reload(two("{ name: comes, address: \"unix:" + socket + "\" }"));

    EXPECT_TRUE(goes.closed_within(kPatience));
    listening.wait_until_closed();
    EXPECT_EQ(stays.exchange(absolute_get(server.authority(), "/")).status, 200);
    HttpClient comes = HttpClient::unix_socket(socket);
    EXPECT_EQ(comes.exchange(absolute_get(server.authority(), "/")).status, 200);

    proxy.reload(two("{ name: comes, address: \"unix:" + socket + "\", mode: \"0600\" }"));

    struct stat status {};
    ASSERT_EQ(::stat(socket.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(comes.exchange(absolute_get(server.authority(), "/")).status, 200);

    proxy.reload(two("{ name: other, address: 127.0.0.1:0 }"));

    EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST(Reload, EndsAClientOfAListenerThatIsGoneWithItsExchange) {
    const Partner partner;
    std::promise<void> may_answer;
    const ScriptedServer server{
        partner.server(), [answer = may_answer.get_future().share()](Peer& peer) {
            while (!peer.read_request().empty()) {
                answer.wait();
                peer.write(ok("late"));
            }
        }};
    const std::string rest = partner.configuration(server.port());
    ProxyUnderTest proxy{
        "listeners: [{ name: stays, address: 127.0.0.1:0 }, { name: goes, address: 127.0.0.1:0 "
        "}]\n" +
        rest};
    HttpClient busy = HttpClient::tcp(proxy.port("goes"));
    busy.send(absolute_get(server.authority(), "/"));
    wait_until("the server has the request", [&] { return server.connections() == 1; });

    proxy.reload("listeners: [{ name: stays, address: 127.0.0.1:0 }]\n" + rest);
    may_answer.set_value();
    const Response response = busy.read_response();

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "late");
    EXPECT_EQ(response.field("Connection"), "close");
    EXPECT_TRUE(busy.closed_within(kPatience));
    EXPECT_TRUE(has(proxy.access_lines(1).at(0), "listener=goes")) << proxy.access_log();
}

TEST(Reload, WidensTheAddressOfAListenerOnItsPort) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    const std::string rest = "workers: 1\n" + partner.configuration(server.port());
    // A connection of anybody's, from any address, that has it would keep 0.0.0.0 from it.
    const std::string port = std::to_string(port_of_no_connection());
    ProxyUnderTest proxy{
        "listeners: [{ name: apps, address: \"127.0.0.1:" + port + "\" }]\n" + rest};

    const std::string said = proxy.reload(
        "listeners: [{ name: apps, address: \"0.0.0.0:" + port + "\", allow: [127.0.0.0/8] }]\n" +
        rest
    );

    EXPECT_TRUE(has(said, "listening on 0.0.0.0:" + port)) << said;
    EXPECT_EQ(proxy.connect().exchange(absolute_get(server.authority(), "/")).status, 200);
}

TEST(Reload, HasTheNewRulesForClients) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    const std::string rest = partner.configuration(
        server.port(), "clients: [app]",
        "clients: [{ name: app, password: { file: " + (partner.files() / "pw").string() + " } }]"
    );
    partner.files().write("pw", "first\n");
    ProxyUnderTest proxy{rest};
    const auto status = [&](std::string_view basic) {
        return proxy
            .exchange(absolute_get(
                server.authority(), "/", "Proxy-Authorization: Basic " + std::string{basic} + "\r\n"
            ))
            .status;
    };
    ASSERT_EQ(status("YXBwOmZpcnN0"), 200);  // app:first

    partner.files().write("pw", "second\n");
    proxy.reload();

    EXPECT_EQ(status("YXBwOmZpcnN0"), 407);
    EXPECT_EQ(status("YXBwOnNlY29uZA=="), 200);  // app:second
}

TEST(Reload, SaysWhatTakesARestart) {
    const Partner partner;
    const std::string rest = partner.configuration(443);
    ProxyUnderTest proxy{"workers: 1\n" + rest};

    const std::string said = proxy.reload("workers: 2\n" + rest);

    EXPECT_TRUE(has(said, "warning workers: 2 takes effect after a restart; 1 run")) << said;
}

TEST(Reload, WritesTheAccessLogWhereItIsToGoFromThenOn) {
    const Partner partner;
    const std::string first = (partner.files() / "first.log").string();
    const std::string next = (partner.files() / "next.log").string();
    const std::string rest = partner.configuration(443);
    const auto to = [&rest](const std::string& where) {
        return rest + "log: { access: " + where + " }\n";
    };
    ProxyUnderTest proxy{to(first)};
    HttpClient client = proxy.connect();
    const auto ask_for = [&client](const std::string& host) {
        EXPECT_EQ(client.exchange(absolute_get(host, "/")).status, 403);
    };
    ask_for("a.example");
    wait_until("its line", [&] { return has(read_bytes(first), "host=a.example"); });

    proxy.reload(to("off"));
    ask_for("b.example");
    proxy.reload(to(next));
    ask_for("c.example");
    wait_until("its line", [&] { return has(read_bytes(next), "host=c.example"); });

    EXPECT_TRUE(has(read_bytes(next), "client=127.0.0.1:")) << read_bytes(next);
    EXPECT_FALSE(has(read_bytes(next), "b.example"));
    EXPECT_FALSE(has(read_bytes(first), "b.example") || has(read_bytes(first), "c.example"));
}

TEST(Sigusr1, OpensTheAccessLogAnewSoThatItCanBeMovedAway) {
    const Partner partner;
    const std::string file = (partner.files() / "access.log").string();
    ProxyUnderTest proxy{partner.configuration(443) + "log: { access: " + file + " }\n"};
    HttpClient client = proxy.connect();
    client.exchange(absolute_get("a.example", "/"));
    wait_until("its line", [&] { return has(read_bytes(file), "host=a.example"); });

    std::filesystem::rename(file, file + ".1");
    client.exchange(absolute_get("b.example", "/"));
    wait_until("its line", [&] { return has(read_bytes(file + ".1"), "host=b.example"); });
    proxy.process().send_signal(SIGUSR1);
    wait_until("the new file", [&] { return std::filesystem::exists(file); });
    client.exchange(absolute_get("c.example", "/"));

    wait_until("its line", [&] { return has(read_bytes(file), "host=c.example"); });
    EXPECT_FALSE(has(read_bytes(file + ".1"), "c.example"));
}

TEST(Sighup, DuringADrainIsNoReload) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    if (!peer.read_request().empty()) peer.read_request();
                                }};
    ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();
    client.send(absolute_get(server.authority(), "/"));
    wait_until("the server has the request", [&] { return server.connections() == 1; });

    proxy.process().send_signal(SIGTERM);
    wait_until("it drains", [&] { return has(proxy.log(), "draining"); });
    proxy.process().send_signal(SIGHUP);
    proxy.process().send_signal(SIGTERM);

    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
    EXPECT_FALSE(has(proxy.log(), "reading")) << proxy.log();
}

}  // namespace
}  // namespace countersign::tests
