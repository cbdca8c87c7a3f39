#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 13;  ///< of each of the eight kinds: 104 rotations
constexpr int kClients = 200;
/// A connection that the server accepts so long after a rotation has the new identity: two seconds
/// where a machine has time for it, and here for handshakes that wait for a processor.
constexpr auto kTakenAfter = std::chrono::seconds{10};

struct Seen {
    Clock::time_point opened;
    std::string subject;
};

/// What the server saw of each connection, and when the files had an identity whole.
class Record {
public:
    void saw(const Peer& peer) {
        const std::lock_guard lock{mutex_};
        seen_.push_back({peer.accepted(), peer.client_subject()});
    }
    void written(const std::string& subject) {
        const std::lock_guard lock{mutex_};
        written_.push_back({Clock::now(), subject});
    }
    bool has_seen(const std::string& subject) const {
        const std::lock_guard lock{mutex_};
        for (const Seen& one : seen_) {
            if (one.subject == subject) return true;
        }
        return false;
    }
    std::size_t connections() const {
        const std::lock_guard lock{mutex_};
        return seen_.size();
    }
    /// How long after a newer identity was whole a connection with an older one was accepted.
    Clock::duration longest_use_of_an_old_one() const {
        const std::lock_guard lock{mutex_};
        Clock::duration longest{0};
        for (const Seen& one : seen_) {
            std::optional<Clock::time_point> replaced;
            bool known = false;
            for (const Seen& file : written_) {
                if (known && !replaced) replaced = file.opened;
                known = known || file.subject == one.subject;
            }
            EXPECT_TRUE(known) << one.subject << ", which nobody wrote";
            if (replaced) longest = std::max(longest, one.opened - *replaced);
        }
        return longest;
    }

private:
    mutable std::mutex mutex_;
    std::vector<Seen> seen_;
    std::vector<Seen> written_;
};

/// Two profiles, of a pair in PEM and of a JKS, each with a server of its own.
class RotationStorm : public testing::Test {
protected:
    RotationStorm() {
        write_pair("pem 0");
        pem_.written("CN=pem 0");
        password_ = "password 0";
        write_store("jks 0");
        jks_.written("CN=jks 0");
        proxy_.emplace(
            "log: { access: \"off\" }\ncertificates:\n  - { name: pem, type: pem_key_store, "
            "file: " +
            path("live/tls.crt") + ", key: " + path("live/tls.key") +
            " }\n  - { name: jks, type: java_key_store, file: " + path("store.jks") +
            ", password: { file: " + path("store.password") +
            " } }\n  - { name: ca, type: trust_store_cert, file: " + partner_.root_file().string() +
            " }\nprofiles:\n  - { name: pem, hosts: [127.0.0.1], ports: [" +
            std::to_string(pem_server_.port()) +
            "], key_store: pem, trust: [ca] }\n  - { name: jks, hosts: [127.0.0.1], ports: [" +
            std::to_string(jks_server_.port()) + "], key_store: jks, trust: [ca] }\n"
        );
    }

    std::string path(const std::string& name) const { return (directory_ / name).string(); }
    /// `live` is a link to a directory.
    void write_pair(const std::string& name) {
        const Issued issued = partner_.issue_client(name);
        const std::string version = "version." + std::to_string(++versions_);
        fs::create_directory(path(version));
        directory_.write(version + "/tls.crt", issued.chain_pem());
        directory_.write(version + "/tls.key", issued.key_pem());
        fs::create_symlink(version, path("live.new"));
        fs::rename(path("live.new"), path("live"));
    }
    void write_store(const std::string& name) const {
        const Issued issued = partner_.issue_client(name);
        directory_.write("new.pem", issued.chain_pem() + issued.key_pem());
        directory_.write("new.password", password_);
        fs::remove(path("new.jks"));
        run(
            {countersign_binary(), "keystore", "convert", path("new.pem"), path("new.jks"),
             "--alias", "ours", "--to-password-file", path("new.password")}
        );
        fs::rename(path("new.jks"), path("store.jks"));
        fs::rename(path("new.password"), path("store.password"));
    }

    using Rotate = std::function<void(const std::string& name)>;
    /// Writes an identity by `rotate`, and waits until the server has seen it.
    void rotate(Record& record, const std::string& name, const Rotate& rotate) {
        rotate(name);
        record.written("CN=" + name);
        wait_until("'" + name + "' is used", [&] { return record.has_seen("CN=" + name); });
    }

    static ScriptedServer::Behaviour answer_and_record(Record& record) {
        return [&record](Peer& peer) {
            record.saw(peer);
            while (!peer.read_request().empty()) peer.write(ok("here"));
        };
    }

    const Partner partner_;
    const TempDir directory_;
    Record pem_;
    Record jks_;
    const ScriptedServer pem_server_{partner_.strict_server(), answer_and_record(pem_)};
    const ScriptedServer jks_server_{partner_.strict_server(), answer_and_record(jks_)};
    int versions_ = 0;
    std::string password_;
    std::optional<ProxyUnderTest> proxy_;
};

TEST_F(RotationStorm, LosesNoRequestAndUsesNothingOld) {
    std::atomic<bool> over = false;
    std::atomic<long> answered = 0;
    std::atomic<long> failed = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
        const ScriptedServer& server = i % 4 == 0 ? jks_server_ : pem_server_;
        clients.emplace_back([&, request = absolute_get(server.authority(), "/")] {
            try {
                HttpClient client = proxy_->connect();
                while (!over) {
                    const Response response = client.exchange(request);
                    ++(response.status == 200 && response.complete ? answered : failed);
                    std::this_thread::sleep_for(std::chrono::milliseconds{100});
                }
            } catch (const std::exception&) {
                ++failed;
            }
        });
    }

    const auto pair = [this](bool key_first, std::chrono::milliseconds between) {
        return [this, key_first, between](const std::string& name) {
            const Issued issued = partner_.issue_client(name);
            const auto write = [&](bool key) {
                directory_.write(
                    key ? "live/tls.key" : "live/tls.crt",
                    key ? issued.key_pem() : issued.chain_pem()
                );
            };
            write(key_first);
            std::this_thread::sleep_for(between);
            write(!key_first);
        };
    };
    const auto renamed = [this](const std::string& name) {
        const Issued issued = partner_.issue_client(name);
        directory_.write("live/new.key", issued.key_pem());
        directory_.write("live/new.crt", issued.chain_pem());
        fs::rename(path("live/new.key"), path("live/tls.key"));
        fs::rename(path("live/new.crt"), path("live/tls.crt"));
    };
    const auto garbage_first = [&](const std::string& name) {
        directory_.write("live/tls.crt", "garbage");
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        renamed(name);
    };
    for (int round = 0; round < kRounds; ++round) {
        const auto named = [round](const std::string& kind) {
            return kind + " " + std::to_string(round);
        };
        rotate(pem_, named("link"), [this](const std::string& name) { write_pair(name); });
        rotate(pem_, named("renamed"), renamed);
        rotate(pem_, named("in place"), pair(true, std::chrono::milliseconds{0}));
        rotate(pem_, named("key first"), pair(true, std::chrono::milliseconds{400}));
        rotate(pem_, named("certificate first"), pair(false, std::chrono::milliseconds{400}));
        rotate(pem_, named("garbage first"), garbage_first);
        rotate(jks_, named("store"), [this](const std::string& name) { write_store(name); });
        password_ = named("password");
        rotate(jks_, named("store and password"), [this](const std::string& name) {
            write_store(name);
        });
    }
    over = true;
    for (std::thread& client : clients) client.join();

    EXPECT_EQ(failed, 0) << proxy_->log();
    EXPECT_GT(answered, 10'000);
    const Clock::duration longest =
        std::max(pem_.longest_use_of_an_old_one(), jks_.longest_use_of_an_old_one());
    EXPECT_LT(longest, kTakenAfter);
    std::cout << answered << " requests, " << pem_.connections() + jks_.connections()
              << " connections, the last of an old identity "
              << std::chrono::duration_cast<std::chrono::milliseconds>(longest).count()
              << " ms after the new one was there\n";
}

}  // namespace
}  // namespace countersign::tests
