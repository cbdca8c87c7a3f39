#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/who_asks.hpp"

// Reloads that nobody asks for, that cannot end, or that come when nothing is served yet.
namespace countersign::tests {
namespace {

// A pipe as process substitution makes one: it is read once, and then nobody writes into it.
TEST(Reload, ThatHangsInAFileKeepsNobodyFromStopping) {
    const TempDir files;
    const std::string pipe = (files / "password").string();
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::thread writer{[&] { std::ofstream{pipe} << "first\n"; }};
    ProxyUnderTest proxy{"clients: [{ name: billing, password: { file: " + pipe + " } }]\n"};
    writer.join();

    proxy.ask_to_reload();
    EXPECT_TRUE(has(proxy.log(), "SIGHUP: reading ")) << proxy.log();
    proxy.ask_to_reload();
    EXPECT_TRUE(has(proxy.log(), " is read again when the load that has been running for "))
        << proxy.log();

    EXPECT_EQ(proxy.exchange(absolute_get("nobody.example", "/")).status, 403);
    EXPECT_EQ(proxy.stop(), 0);
    EXPECT_TRUE(has(proxy.log(), " info stopped")) << proxy.log();
}

// All paths are relative, as with the configuration that is found where it starts.
TEST(Reload, OutlivesTheFolderThatItWasStartedIn) {
    const Partner partner;
    const TempDir files;
    const std::filesystem::path folder = files / "conf";
    std::filesystem::create_directory(folder);
    std::filesystem::copy_file(partner.root_file(), folder / "ca.pem");
    std::ofstream{folder / "countersign.yaml"}
        << "listeners: [{ name: apps, address: \"127.0.0.1:0\" }]\n"
           "certificates: [{ name: ca, type: trust_store_cert, file: ca.pem }]\n";
    Process proxy{
        {"/bin/sh", "-c", "cd \"$0\" && exec \"$1\" run", folder.string(), countersign_binary()}};
    wait_until("it listens", [&] { return has(proxy.errors(), "listening on "); });

    std::filesystem::remove_all(folder);
    std::this_thread::sleep_for(std::chrono::seconds{1});
    proxy.send_signal(SIGHUP);
    wait_until("it says that nothing is there", [&] {
        return has(proxy.errors(), "not reloaded; what was loaded before goes on");
    });
    proxy.send_signal(SIGTERM);

    EXPECT_EQ(proxy.wait_for_exit(), 0);
    EXPECT_TRUE(has(proxy.errors(), " info stopped")) << proxy.errors();
    EXPECT_FALSE(has(proxy.errors(), "which is a bug")) << proxy.errors();
}

TEST(WatchedConfiguration, TakesEffectWithoutASignal) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    const std::string watch = "reload: { watch_configuration: true }\n";
    const std::string with_profile = partner.configuration(server.port(), {}, watch);
    ProxyUnderTest proxy{with_profile};
    const auto answers = [&](int status) {
        wait_until("it answers " + std::to_string(status), [&] {
            return proxy.exchange(absolute_get(server.authority(), "/")).status == status;
        });
    };
    answers(200);

    proxy.write_configuration(watch);
    answers(403);
    proxy.write_configuration("profiles: [");
    wait_until("it is told", [&] {
        return has(proxy.log(), ": not reloaded; what was loaded before goes on");
    });
    answers(403);
    proxy.write_configuration(with_profile);
    answers(200);
}

TEST(WatchedConfiguration, IsNotWatchedWhereNobodySaysSo) {
    const Partner partner;
    const ScriptedServer server = who_asks(partner);
    ProxyUnderTest proxy{"workers: 1\n" + partner.configuration(server.port())};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice on connection 1");

    proxy.write_configuration("unmatched: reject\n");
    partner.write_identity("alice", partner.issue_client("alice renewed"));

    wait_until("the key material is loaded again", [&] {
        return has(proxy.log(), " info reloaded the key material of ");
    });
    EXPECT_EQ(ask(client, server), "CN=alice renewed on connection 2");
}

/// Whether the process has a handler of its own for a signal.
bool catches(pid_t process, int signal) {
    std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("SigCgt:")) continue;
        return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
    }
    return false;
}

/// Starts and hangs in a pipe, until somebody writes the password into it.
class SlowStart : public testing::Test {
protected:
    SlowStart() {
        EXPECT_EQ(::mkfifo(pipe_.c_str(), 0600), 0);
        const auto file = files_.write(
            "countersign.yaml",
            "listeners: [{ name: apps, address: \"127.0.0.1:0\" }]\nclients: "
            "[{ name: billing, password: { file: " +
                pipe_ + " } }]\n"
        );
        proxy_.emplace(std::vector<std::string>{countersign_binary(), "run", "-c", file.string()});
        wait_until("it catches signals", [&] { return catches(proxy_->pid(), SIGHUP); });
    }
    void give_password() const { std::ofstream{pipe_} << "secret\n"; }

    const TempDir files_;
    const std::string pipe_ = (files_ / "password").string();
    std::optional<Process> proxy_;
};

TEST_F(SlowStart, HasAReloadThatWasAskedForMeanwhileDoneAfterIt) {
    proxy_->send_signal(SIGHUP);
    give_password();
    wait_until("it reads again", [&] { return has(proxy_->errors(), "SIGHUP: reading "); });
    give_password();

    wait_until("it is reloaded", [&] { return has(proxy_->errors(), " info reloaded "); });
    proxy_->send_signal(SIGTERM);
    EXPECT_EQ(proxy_->wait_for_exit(), 0);
}

TEST_F(SlowStart, IsEndedBySigterm) {
    for (const int signal : {SIGUSR1, SIGUSR2, SIGQUIT, SIGALRM}) proxy_->send_signal(signal);
    EXPECT_FALSE(proxy_->wait_for_exit(std::chrono::milliseconds{300}).has_value());

    proxy_->send_signal(SIGTERM);

    EXPECT_EQ(proxy_->wait_for_exit(), 0);
}

}  // namespace
}  // namespace countersign::tests
