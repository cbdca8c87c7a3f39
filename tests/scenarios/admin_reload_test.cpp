#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/scenarios/operator.hpp"
#include "tests/support/listening_socket.hpp"
#include "tests/support/listening_sockets.hpp"

namespace countersign::tests {
namespace {

class AdminReload : public OperatorTest {};

std::string successful(const ProxyUnderTest& proxy) {
    const std::string told = ask_admin(proxy.admin_port(), "GET", "/metrics").body;
    const std::string_view name = "\ncountersign_last_reload_successful ";
    const auto at = told.find(name);
    return at == told.npos ? "" : told.substr(at + name.size(), 1);
}

TEST_F(AdminReload, ReloadsAndSaysWhatCameOfIt) {
    ProxyUnderTest proxy{yaml()};
    wait_until_ready(proxy);
    proxy.write_configuration(yaml() + "unmatched: maybe\n");
    const Response refused = ask_admin(proxy.admin_port(), "POST", "/reload", bearer());
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(has(refused.body, "unmatched: found 'maybe'; expected reject")) << refused.body;
    EXPECT_TRUE(has(refused.body, "Not reloaded; what was loaded before goes on.\n"));
    EXPECT_TRUE(has(
        ask_admin(proxy.admin_port(), "GET", "/readyz").body, "ready\nThe last reload was refused"
    ));
    const std::string broken = ask_admin(proxy.admin_port(), "GET", "/status", bearer()).body;
    EXPECT_TRUE(has(broken, "\"problems\":[\"")) << broken;
    EXPECT_TRUE(has(broken, "\"generation\":1,")) << broken;

    proxy.write_configuration(yaml());
    const Response good = ask_admin(proxy.admin_port(), "POST", "/reload", bearer());
    EXPECT_EQ(good.status, 200) << good.body;
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/readyz").body, "ready\n");
    const std::string status = ask_admin(proxy.admin_port(), "GET", "/status", bearer()).body;
    EXPECT_TRUE(has(status, "\"generation\":2,")) << status;
    EXPECT_TRUE(has(status, "\"successful\":true")) << status;
}

TEST_F(AdminReload, TellsOfARefusalUntilItIsCured) {
    const ProxyUnderTest proxy{yaml()};
    wait_until_ready(proxy);
    const auto file = partner_.files() / "alice.pem";
    const std::string good = read_bytes(file);
    partner_.files().write("alice.pem", "garbage\n");
    wait_until("the change is refused", [&] { return successful(proxy) == "0"; });
    const std::string status = ask_admin(proxy.admin_port(), "GET", "/status", bearer()).body;
    EXPECT_TRUE(has(status, "certificate record 'alice'")) << status;

    partner_.files().write("alice.pem", good);
    wait_until("it is put back", [&] { return successful(proxy) == "1"; });
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/readyz").body, "ready\n");
}

TEST_F(AdminReload, DoesNotTakeARenewalForTheCureOfAConfiguration) {
    const ProxyUnderTest proxy{yaml()};
    wait_until_ready(proxy);
    proxy.write_configuration(yaml() + "unmatched: maybe\n");
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/reload", bearer()).status, 422);
    partner_.write_identity("alice", partner_.issue_client("alice renewed"));
    wait_until("the renewal is served", [&] {
        return has(
            ask_admin(proxy.admin_port(), "GET", "/status", bearer()).body, "\"generation\":2,"
        );
    });
    EXPECT_EQ(successful(proxy), "0");
    proxy.write_configuration(yaml());
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/reload", bearer()).status, 200);
    EXPECT_EQ(successful(proxy), "1");
}

TEST_F(AdminReload, EndsItsConnectionsWhereItIsTurnedOff) {
    ProxyUnderTest proxy{yaml()};
    wait_until_ready(proxy);
    HttpClient kept = HttpClient::tcp(proxy.admin_port());
    ASSERT_EQ(kept.exchange("GET /healthz HTTP/1.1\r\nHost: [::1]\r\n\r\n").status, 200);
    proxy.reload(partner_.configuration(server_.port(), {}, "admin: off\n"));
    EXPECT_TRUE(kept.closed_within(kPatience));
}

TEST_F(AdminReload, MovesWithAReload) {
    // In the sandbox it would make no socket in a folder that it has not known from the start.
    ProxyUnderTest proxy{yaml() + "sandbox: off\n"};
    const ListeningSockets listening{proxy.admin_port()};
    const auto path = partner_.files() / "admin.sock";
    const std::string said = proxy.reload(partner_.configuration(
        server_.port(), {}, "admin: { address: \"unix:" + path.string() + "\" }\nsandbox: off\n"
    ));
    EXPECT_TRUE(has(said, "no longer asked at 127.0.0.1:")) << said;
    HttpClient client = HttpClient::unix_socket(path);
    EXPECT_EQ(client.exchange("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    listening.wait_until_closed();

    proxy.reload(partner_.configuration(server_.port(), {}, "admin: off\n"));
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(AdminReload, StaysWhereItsNextAddressIsTaken) {
    ProxyUnderTest proxy{yaml()};
    const ListeningSocket taken;
    const std::string said = proxy.try_reload(partner_.configuration(
        server_.port(), {}, "admin: { address: 127.0.0.1:" + std::to_string(taken.port()) + " }\n"
    ));
    EXPECT_TRUE(has(said, "listener 'admin'")) << said;
    EXPECT_TRUE(has(said, "not reloaded; what was loaded before goes on")) << said;
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/readyz").status, 200);
}

}  // namespace
}  // namespace countersign::tests
