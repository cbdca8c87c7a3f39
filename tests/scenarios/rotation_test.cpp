#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A client certificate that is renewed in files, as different tools do it; nobody sends a signal.
class Rotation : public testing::Test {
protected:
    Rotation() {
        write_pair(directory_, "first");
        start("type: pem_key_store, file: " + path("tls.crt") + ", key: " + path("tls.key"));
    }

    void start(const std::string& key_store) {
        proxy_.reset();
        proxy_.emplace(
            "workers: 1\ncertificates:\n  - { name: ours, " + key_store +
            " }\n  - { name: ca, type: trust_store_cert, file: " + partner_.root_file().string() +
            " }\nprofiles:\n  - { name: partner, hosts: [127.0.0.1], key_store: ours, trust: [ca] "
            "}\n"
        );
    }

    std::string path(const std::string& name) const { return (directory_ / name).string(); }
    void write_pair(const TempDir& directory, const std::string& name) const {
        const Issued issued = partner_.issue_client(name);
        directory.write("tls.crt", issued.chain_pem());
        directory.write("tls.key", issued.key_pem());
    }

    std::string asks_as() const {
        return proxy_->exchange(absolute_get(server_.authority(), "/")).body;
    }
    void expect_next(const std::string& name) const {
        wait_until("the next request is " + name + "'s", [&] { return asks_as() == "CN=" + name; });
    }

    const Partner partner_;
    const TempDir directory_;
    const ScriptedServer server_{partner_.strict_server(), [](Peer& peer) {
                                     while (!peer.read_request().empty())
                                         peer.write(ok(peer.client_subject()));
                                 }};
    std::optional<ProxyUnderTest> proxy_;
};

TEST_F(Rotation, OfAPairThatIsWrittenInPlace) {
    ASSERT_EQ(asks_as(), "CN=first");

    write_pair(directory_, "second");

    expect_next("second");
    EXPECT_TRUE(has(proxy_->log(), " info reloaded the key material of ")) << proxy_->log();
    EXPECT_FALSE(has(proxy_->log(), " error ")) << proxy_->log();
}

TEST_F(Rotation, OfAPairThatIsRenamedOver) {
    const TempDir beside;
    write_pair(beside, "second");
    for (const std::string name : {"tls.key", "tls.crt"}) {
        fs::copy_file(beside / name, path(name + ".new"));
        fs::rename(path(name + ".new"), path(name));
    }

    expect_next("second");
}

// As Kubernetes writes a mounted secret.
TEST_F(Rotation, OfADirectoryThatALinkLeadsTo) {
    const auto version = [this](const std::string& number, const std::string& name) {
        const TempDir beside;
        write_pair(beside, name);
        fs::create_directory(path(number));
        for (const std::string file : {"tls.key", "tls.crt"}) {
            fs::copy_file(beside / file, path(number + "/" + file));
        }
        fs::create_symlink(number, path("..data_tmp"));
        fs::rename(path("..data_tmp"), path("..data"));
    };
    version("..1", "mounted");
    for (const std::string file : {"tls.key", "tls.crt"}) {
        fs::remove(path(file));
        fs::create_symlink("..data/" + file, path(file));
    }
    expect_next("mounted");

    version("..2", "second");
    fs::remove_all(path("..1"));
    expect_next("second");

    version("..3", "third");
    expect_next("third");
    EXPECT_FALSE(has(proxy_->log(), " error ")) << proxy_->log();
}

TEST_F(Rotation, WaitsForTheOtherHalfOfAPair) {
    for (const bool key_first : {true, false}) {
        const std::string name = key_first ? "key first" : "certificate first";
        const Issued issued = partner_.issue_client(name);
        const std::string before = asks_as();
        directory_.write(
            key_first ? "tls.key" : "tls.crt", key_first ? issued.key_pem() : issued.chain_pem()
        );
        EXPECT_EQ(asks_as(), before);
        directory_.write(
            key_first ? "tls.crt" : "tls.key", key_first ? issued.chain_pem() : issued.key_pem()
        );

        expect_next(name);
    }
    EXPECT_FALSE(has(proxy_->log(), " error ")) << proxy_->log();
}

TEST_F(Rotation, TellsOnceWhatCannotBeUsedAndGoesOn) {
    directory_.write("tls.crt", "-----BEGIN CERTIFICATE-----\ngarbage\n");
    wait_until("it is told", [&] {
        return has(proxy_->log(), "key material has changed, and is not used; what was loaded");
    });
    EXPECT_EQ(asks_as(), "CN=first");

    // Another event, and the same content: nothing is told anew.
    directory_.write("tls.crt", "-----BEGIN CERTIFICATE-----\ngarbage\n");
    write_pair(directory_, "second");
    expect_next("second");

    const std::string log = proxy_->log();
    const auto told = log.find("is not used");
    EXPECT_EQ(log.find("is not used", told + 1), std::string::npos) << log;
}

TEST_F(Rotation, KeepsAnIdentityThatWorksFromOneThatHasExpired) {
    const Issued expired = partner_.issuer().issue(
        {.common_name = "expired",
         .not_before = std::chrono::hours{-48},
         .not_after = std::chrono::hours{-24},
         .client_auth = true}
    );
    directory_.write("tls.key", expired.key_pem());
    directory_.write("tls.crt", expired.chain_pem());

    wait_until("it is told", [&] { return has(proxy_->log(), "would not any more"); });
    EXPECT_EQ(asks_as(), "CN=first");
    EXPECT_TRUE(has(proxy_->log(), "profile 'partner' works now")) << proxy_->log();
}

TEST_F(Rotation, OfAStoreWithItsPassword) {
    const auto write = [this](const std::string& name, const std::string& password) {
        directory_.write("pw", password + "\n");
        directory_.write("ours.p12", partner_.issue_client(name).pkcs12(password, "ours"));
    };
    write("one", "changeit");
    start(
        "type: pkcs12_key_store, file: " + path("ours.p12") + ", password: { file: " + path("pw") +
        " }"
    );
    ASSERT_EQ(asks_as(), "CN=one");

    write("two", "changed");

    expect_next("two");
    EXPECT_FALSE(has(proxy_->log(), " error ")) << proxy_->log();
}

TEST_F(Rotation, LeavesAloneWhatHasTheSameContent) {
    const std::string certificate = read_bytes(path("tls.crt"));
    directory_.write("tls.crt", certificate);
    directory_.write("unrelated", "x");
    // The next change is seen, so that this one was, too.
    write_pair(directory_, "second");
    expect_next("second");

    const std::string log = proxy_->log();
    const auto once = log.find("reloaded the key material");
    EXPECT_EQ(log.find("reloaded the key material", once + 1), std::string::npos) << log;
}

}  // namespace
}  // namespace countersign::tests
