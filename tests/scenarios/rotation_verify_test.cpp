#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>

#include "tests/scenarios/who_asks.hpp"

namespace countersign::tests {
namespace {

const std::string kForbidden = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

/// `rotation.verify_with`: a renewed certificate is used when the partner takes it, and not before.
class VerifiedRotation : public testing::Test {
protected:
    VerifiedRotation() {
        write_pair(partner_.issue_client("first"));
        proxy_.emplace(
            "workers: 1\nadmin: { address: 127.0.0.1:0 }\ncertificates:\n"
            "  - { name: ours, type: pem_key_store, file: " +
            (directory_ / "tls.crt").string() + ", key: " + (directory_ / "tls.key").string() +
            " }\n  - { name: ca, type: trust_store_cert, file: " + partner_.root_file().string() +
            " }\nprofiles:\n  - { name: partner, hosts: [127.0.0.1], key_store: ours, trust: [ca], "
            "rotation: { verify_with: \"https://" +
            server_.authority() + "/health\" } }\n"
        );
    }

    void write_pair(const Issued& issued) const {
        directory_.write("tls.crt", issued.chain_pem());
        directory_.write("tls.key", issued.key_pem());
    }
    std::string asks_as() const {
        return proxy_->exchange(absolute_get(server_.authority(), "/")).body;
    }
    std::string status() const {
        return HttpClient::tcp(proxy_->admin_port())
            .exchange("GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .body;
    }
    void wait_for_log(const std::string& words) const {
        wait_until("the log says: " + words, [&] { return has(proxy_->log(), words); });
    }

    const Partner partner_;
    const Ca others_ = Ca::root("Others");
    const TempDir directory_;
    std::atomic<bool> takes_second_ = true;
    std::atomic<bool> forbids_second_ = false;
    std::atomic<bool> forbids_all_ = false;
    const ScriptedServer server_{partner_.strict_server(), [this](Peer& peer) {
                                     const bool second = peer.client_subject() == "CN=second";
                                     if (second && !takes_second_) return peer.cut();
                                     for (;;) {
                                         const std::string request = peer.read_request();
                                         if (request.empty()) return;
                                         const bool no =
                                             request.starts_with("HEAD") &&
                                             (forbids_all_ || (second && forbids_second_));
                                         peer.write(no ? kForbidden : ok(peer.client_subject()));
                                     }
                                 }};
    std::optional<ProxyUnderTest> proxy_;
};

TEST_F(VerifiedRotation, UsesACertificateThatTheServerTakes) {
    ASSERT_EQ(asks_as(), "CN=first");

    write_pair(partner_.issue_client("second"));

    wait_until("the renewed one serves", [&] { return asks_as() == "CN=second"; });
    EXPECT_TRUE(
        has(proxy_->log(),
            "profile 'partner': the renewed certificate 'CN=second' was tried at "
            "https://" +
                server_.authority() + "/health: The server's certificate is accepted.")
    ) << proxy_->log();
}

TEST_F(VerifiedRotation, KeepsTheOneBeforeWhereTheServerRefusesTheNew) {
    ASSERT_EQ(asks_as(), "CN=first");

    write_pair(others_.issue({.common_name = "stranger", .client_auth = true}));
    wait_for_log("the renewed certificate 'CN=stranger' is not used yet. It was tried at https://");

    EXPECT_EQ(asks_as(), "CN=first");
    EXPECT_TRUE(has(proxy_->log(), "The certificate before, 'CN=first', serves on until "));
    EXPECT_TRUE(has(proxy_->log(), "TLS alert 48, unknown CA")) << proxy_->log();
    EXPECT_TRUE(has(status(), "the renewed certificate 'CN=stranger' is not used yet"));
    EXPECT_TRUE(has(status(), "\"ready\":true"));

    write_pair(partner_.issue_client("second"));

    wait_until("the next one serves", [&] { return asks_as() == "CN=second"; });
    EXPECT_FALSE(has(status(), "is not used yet"));
}

TEST_F(VerifiedRotation, TriesTheNewAgain) {
    takes_second_ = false;
    write_pair(partner_.issue_client("second"));
    wait_for_log("the renewed certificate 'CN=second' is not used yet");
    ASSERT_EQ(asks_as(), "CN=first");
    EXPECT_TRUE(has(proxy_->try_reload(), "reloaded ")) << "it is held back still";
    ASSERT_EQ(asks_as(), "CN=first");

    takes_second_ = true;
    proxy_->reload();

    EXPECT_EQ(asks_as(), "CN=second");
}

TEST_F(VerifiedRotation, HoldsAnAnswerAgainstThatToTheOneBefore) {
    forbids_second_ = true;
    write_pair(partner_.issue_client("second"));
    wait_for_log("'CN=second' is not used yet");

    EXPECT_EQ(asks_as(), "CN=first");
    EXPECT_TRUE(
        has(proxy_->log(),
            "answers 403. With 'CN=first' it answers 200: the server works, and does not "
            "accept this identity.")
    ) << proxy_->log();
}

TEST_F(VerifiedRotation, TakesAnAnswerThatBothGetForNoRefusal) {
    forbids_all_ = true;
    write_pair(partner_.issue_client("second"));

    wait_until("the renewed one serves", [&] { return asks_as() == "CN=second"; });
    EXPECT_FALSE(has(proxy_->log(), "is not used yet")) << proxy_->log();
}

/// What was broken meanwhile and is put back is told, and not lost among the trials.
TEST_F(VerifiedRotation, DoesNotForgetWhatWasPutBack) {
    write_pair(others_.issue({.common_name = "stranger", .client_auth = true}));
    wait_for_log("'CN=stranger' is not used yet");
    const std::string good = read_bytes(directory_ / "tls.crt");
    directory_.write("tls.crt", "broken");
    wait_for_log("what was loaded before goes on");

    directory_.write("tls.crt", good);

    wait_for_log("what could not be loaded is gone again");
    EXPECT_EQ(asks_as(), "CN=first");
}

}  // namespace
}  // namespace countersign::tests
