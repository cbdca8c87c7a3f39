#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "certs/openssl_handle.hpp"
#include "tests/scenarios/who_asks.hpp"

namespace countersign::tests {
namespace {

namespace fs = std::filesystem;

/// The private number of an EC key, as OpenSSL has it in memory on this machine.
std::string private_number(const std::string& key_pem) {
    const certs::BioHandle bio{BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()))};
    const certs::PrivateKeyHandle key{
        PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
    BIGNUM* number = nullptr;
    if (!key || EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) return {};
    std::string bytes(32, '\0');
    BN_bn2nativepad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
    BN_clear_free(number);
    return bytes;
}

/// Whether these bytes stand anywhere in what the process may write to.
bool is_in_memory(pid_t process, const std::string& bytes) {
    const std::string of = "/proc/" + std::to_string(process);
    std::ifstream maps{of + "/maps"};
    const FileDescriptor memory{::open((of + "/mem").c_str(), O_RDONLY | O_CLOEXEC)};
    std::string content;
    for (std::string line; std::getline(maps, line);) {
        unsigned long from = 0;
        unsigned long to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx rw", &from, &to) != 2 || !has(line, " rw")) continue;
        content.resize(to - from);
        const ssize_t got =
            ::pread(memory.get(), content.data(), content.size(), static_cast<off_t>(from));
        if (got > 0 && has({content.data(), static_cast<std::size_t>(got)}, bytes)) return true;
    }
    return false;
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

// What kept it out passes: it is tried again.
TEST_F(Rotation, OfACertificateThatBecomesValidLater) {
    const Issued next = partner_.issuer().issue(
        {.common_name = "next", .not_before = std::chrono::seconds{5}, .client_auth = true}
    );
    directory_.write("tls.crt", next.chain_pem());
    directory_.write("tls.key", next.key_pem());
    wait_until("it is told", [&] {
        return has(proxy_->log(), "would not any more") || asks_as() == "CN=next";
    });

    // Anything that makes it look: it does so by itself each half a minute.
    wait_until("it is used", [&] {
        directory_.write("tls.crt", next.chain_pem());
        return asks_as() == "CN=next";
    });
    const std::string log = proxy_->log();
    const std::size_t told = log.find("is not used; what was loaded");
    EXPECT_EQ(log.find("is not used; what was loaded", told + 1), std::string::npos) << log;
}

TEST_F(Rotation, LeavesNothingOfAKeyThatWasReplaced) {
    const std::string first = private_number(read_bytes(path("tls.key")));
    ASSERT_EQ(first.size(), 32U);
    ASSERT_EQ(asks_as(), "CN=first");
    ASSERT_TRUE(is_in_memory(proxy_->process().pid(), first)) << "or the test looks for nothing";

    write_pair(directory_, "second");
    expect_next("second");

    wait_until("the first key is gone", [&] {
        return !is_in_memory(proxy_->process().pid(), first);
    });
}

TEST_F(Rotation, TellsAgainWhatWasPutRightMeanwhile) {
    const std::string good = read_bytes(path("tls.crt"));
    const auto count_told = [&] {
        const std::string log = proxy_->log();
        std::size_t count = 0;
        for (std::size_t at = log.find("is not used; what"); at != std::string::npos;
             at = log.find("is not used; what", at + 1)) {
            ++count;
        }
        return count;
    };
    directory_.write("tls.crt", "garbage\n");
    wait_until("it is told", [&] { return count_told() == 1; });

    wait_until("it is told again", [&] {
        directory_.write("tls.crt", good);
        std::this_thread::sleep_for(std::chrono::milliseconds{500});
        directory_.write("tls.crt", "garbage\n");
        for (int i = 0; i < 40 && count_told() < 2; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
        return count_told() == 2;
    });
    EXPECT_EQ(asks_as(), "CN=first");
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
