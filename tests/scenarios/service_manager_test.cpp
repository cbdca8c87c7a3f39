#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/scenarios/who_asks.hpp"
#include "tests/support/notify_socket.hpp"

namespace countersign::tests {
namespace {

TEST(ServiceManager, IsToldHowTheProxyIs) {
    const Partner partner;
    const NotifySocket manager;
    const std::string yaml = partner.configuration(443);
    ProxyUnderTest proxy{yaml, {.environment = {{"NOTIFY_SOCKET", manager.path()}}}};
    const std::string ready = "READY=1\nSTATUS=Serving 1 profile on 1 listener";
    EXPECT_EQ(manager.next(), ready);

    proxy.reload(yaml);
    EXPECT_TRUE(manager.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    EXPECT_EQ(manager.next(), ready);

    proxy.try_reload("profiles: [");
    EXPECT_TRUE(manager.next().starts_with("RELOADING=1\n"));
    EXPECT_EQ(manager.next(), ready) << "what was loaded before goes on";

    EXPECT_EQ(proxy.stop(), 0);
    EXPECT_EQ(manager.next(), "STOPPING=1\nSTATUS=Draining");
}

TEST(ServiceManager, IsToldWhileEveryWorkerTurns) {
    const NotifySocket manager;
    const ProxyUnderTest proxy{
        "profiles: []\n",
        {.environment = {{"NOTIFY_SOCKET", manager.path()}, {"WATCHDOG_USEC", "300000"}}}};
    EXPECT_TRUE(manager.next().starts_with("READY=1\n"));

    for (int i = 0; i < 5; ++i) EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

/// A listening socket that outlives the proxies that are given it, as a service manager has one.
class ActivationTest : public testing::Test {
protected:
    void listen_at(const char* address) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        ::inet_pton(AF_INET, address, &at.sin_addr);
        listen_at(AF_INET, reinterpret_cast<const sockaddr*>(&at), sizeof at);
        socklen_t size = sizeof at;
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
    }
    void listen_at_path(const std::string& path) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
        listen_at(AF_UNIX, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    }

    /// One that is given the socket under that name.
    void start(const std::string& yaml, const std::string& name = "apps") {
        const std::string fd = std::to_string(socket_.get());
        proxy_.emplace(
            std::vector<std::string>{
                "/bin/bash", "-c",
                "exec 3<&" + fd + "; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=" + name +
                    "; exec \"$0\" run -c \"$1\"",
                countersign_binary(), files_.write("countersign.yaml", yaml).string()},
            Process::Options{.inherited = {socket_.get()}}
        );
    }
    void wait_until_it_says(const std::string& text) {
        wait_until("it says " + text, [&] { return has(proxy_->errors(), text); });
    }
    std::optional<int> stop() {
        proxy_->send_signal(SIGTERM);
        return proxy_->wait_for_exit();
    }

    const TempDir files_;
    FileDescriptor socket_;
    std::uint16_t port_ = 0;
    std::optional<Process> proxy_;

private:
    void listen_at(int family, const sockaddr* address, socklen_t size) {
        socket_ = FileDescriptor{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        ASSERT_EQ(::bind(socket_.get(), address, size), 0);
        ASSERT_EQ(::listen(socket_.get(), 512), 0);
    }
};

using SocketActivation = ActivationTest;

TEST_F(SocketActivation, TakesTheSocketOfTheListenersName) {
    listen_at("127.0.0.1");
    start("listeners: [{ name: apps, address: \"127.0.0.1:3128\" }]\n");
    wait_until_it_says("listening on 127.0.0.1:" + std::to_string(port_) + " name=apps");

    EXPECT_EQ(HttpClient::tcp(port_).exchange(absolute_get("nobody.example", "/")).status, 403);
    // It is its own listener that is behind that address.
    const Response looped =
        HttpClient::tcp(port_).exchange(absolute_get("127.0.0.1:" + std::to_string(port_), "/"));
    EXPECT_NE(looped.status, 200);
    EXPECT_EQ(stop(), 0);
}

TEST_F(SocketActivation, LeavesTheFileOfAUnixSocket) {
    const std::string path = (files_ / "apps.sock").string();
    listen_at_path(path);
    start("listeners: [{ name: apps, address: \"unix:/run/elsewhere.sock\", mode: \"0600\" }]\n");
    wait_until_it_says("listening on unix:" + path + " name=apps");

    HttpClient client = HttpClient::unix_socket(path);
    EXPECT_EQ(client.exchange(absolute_get("nobody.example", "/")).status, 403);
    EXPECT_EQ(stop(), 0);
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(SocketActivation, RefusesASocketThatTheListenersRulesDoNotFit) {
    listen_at("0.0.0.0");
    start("listeners: [{ name: apps, address: \"127.0.0.1:3128\" }]\n");
    EXPECT_EQ(proxy_->wait_for_exit(), 1);
    EXPECT_TRUE(
        has(proxy_->errors(),
            "listener 'apps': the socket of that name, which the service manager "
            "gave, listens at 0.0.0.0:" +
                std::to_string(port_) +
                ", which is not loopback. Say under allow which networks may connect.")
    ) << proxy_->errors();

    start("listeners: [{ name: apps, address: \"unix:/run/apps.sock\" }]\n");
    EXPECT_EQ(proxy_->wait_for_exit(), 1);
    EXPECT_TRUE(
        has(proxy_->errors(),
            "is no unix socket, and the listener's address is of the other kind. "
            "Make them the same.")
    ) << proxy_->errors();
}

TEST_F(SocketActivation, WarnsOfASocketThatNobodyTakes) {
    listen_at("127.0.0.1");
    start("listeners: [{ name: apps, address: \"127.0.0.1:0\" }]\n", "other");

    wait_until_it_says(" name=apps");
    EXPECT_TRUE(
        has(proxy_->errors(),
            "the service manager gave a socket named 'other', and no listener has "
            "that name")
    ) << proxy_->errors();
    EXPECT_EQ(stop(), 0);
}

/// Asks again and again until it is told to stop, on a connection that is kept as long as the other
/// side keeps it. `failed`: requests without a whole answer.
void ask_without_end(
    std::uint16_t port, const std::string& request, const std::atomic<bool>& over,
    std::atomic<int>& answered, std::atomic<int>& failed
) {
    std::optional<HttpClient> client;
    while (!over) {
        try {
            if (!client) client.emplace(HttpClient::tcp(port));
            const Response response = client->exchange(request);
            ++(response.status == 200 && response.complete ? answered : failed);
            if (response.field("Connection") == "close") client.reset();
        } catch (const std::exception&) {
            ++failed;
            client.reset();
        }
    }
}

TEST_F(SocketActivation, LosesNoRequestInARestartUnderLoad) {
    const Partner partner;
    const ScriptedServer server{partner.strict_server(), [](Peer& peer) {
                                    while (!peer.read_request().empty()) peer.write(ok("here"));
                                }};
    listen_at("127.0.0.1");
    const std::string yaml = "listeners: [{ name: apps, address: \"127.0.0.1:3128\" }]\n" +
                             partner.configuration(server.port());
    start(yaml);
    std::atomic<bool> over = false;
    std::atomic<int> answered = 0;
    std::atomic<int> failed = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            ask_without_end(port_, absolute_get(server.authority(), "/"), over, answered, failed);
        });
    }

    const auto wait_until_it_serves = [&] {
        const int before = answered;
        wait_until("it serves", [&] { return answered > before + 100; });
    };
    for (int restart = 0; restart < 5; ++restart) {
        wait_until_it_serves();
        EXPECT_EQ(stop(), 0) << proxy_->errors();
        start(yaml);
    }
    wait_until_it_serves();
    over = true;
    for (std::thread& client : clients) client.join();

    EXPECT_EQ(failed, 0);
    EXPECT_EQ(stop(), 0);
}

}  // namespace
}  // namespace countersign::tests
