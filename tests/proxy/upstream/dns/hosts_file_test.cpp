#include "proxy/upstream/dns/hosts_file.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy {
namespace {

std::vector<std::string> texts(const std::vector<profiles::IpAddress>& addresses) {
    std::vector<std::string> all;
    for (const profiles::IpAddress& address : addresses) all.push_back(address.to_text());
    return all;
}

using Texts = std::vector<std::string>;

TEST(ParseHosts, GivesEveryNameItsAddressesInOrder) {
    auto names = parse_hosts(
        "127.0.0.1 localhost\n"
        "192.0.2.1\tApi.Partner.Example  api # the partner\n"
        "2001:db8::1 api.partner.example\n"
        "192.0.2.1 api\n"
    );

    EXPECT_EQ(texts(names["localhost"]), Texts{"127.0.0.1"});
    EXPECT_EQ(texts(names["api.partner.example"]), (Texts{"192.0.2.1", "2001:db8::1"}));
    EXPECT_EQ(texts(names["api"]), Texts{"192.0.2.1"});
    EXPECT_EQ(names.size(), 3U);
}

TEST(ParseHosts, LeavesOutWhatIsNoEntry) {
    const auto names = parse_hosts(
        "# 192.0.2.1 commented\n"
        "\n"
        "192.0.2.1\n"
        "not-an-address name\n"
        "fe80::1%lo0 scoped\n"
        "192.0.2.2 last#comment"
    );

    EXPECT_EQ(names.size(), 1U);
    EXPECT_TRUE(names.contains("last"));
}

TEST(ParseHosts, TakesLineEndsOfWindows) {
    auto names = parse_hosts("192.0.2.1 one\r\n192.0.2.2 two\r\n");

    EXPECT_EQ(texts(names["one"]), Texts{"192.0.2.1"});
    EXPECT_EQ(texts(names["two"]), Texts{"192.0.2.2"});
}

class HostsFileTest : public testing::Test {
protected:
    void write(const std::string& text) {
        const auto path = directory_.write("hosts", text);
        // Two writes may come within one tick of the file system's clock.
        std::filesystem::last_write_time(
            path, std::filesystem::file_time_type::clock::now() + std::chrono::seconds{++writes_}
        );
    }

    tests::TempDir directory_;
    TimePoint now_ = TimePoint{} + std::chrono::hours{1};
    int writes_ = 0;
};

TEST_F(HostsFileTest, FindsTheNamesOfTheFile) {
    write("192.0.2.1 api\n");
    HostsFile hosts{directory_ / "hosts"};

    EXPECT_EQ(texts(hosts.find("api", now_)), Texts{"192.0.2.1"});
    EXPECT_EQ(texts(hosts.find("other", now_)), Texts{});
}

TEST_F(HostsFileTest, IsReadAgainWithinASecondOfAChange) {
    write("192.0.2.1 api\n");
    HostsFile hosts{directory_ / "hosts"};
    hosts.find("api", now_);

    write("192.0.2.2 api\n");

    now_ += std::chrono::milliseconds{999};
    EXPECT_EQ(texts(hosts.find("api", now_)), Texts{"192.0.2.1"});
    now_ += std::chrono::milliseconds{1};
    EXPECT_EQ(texts(hosts.find("api", now_)), Texts{"192.0.2.2"});
}

TEST_F(HostsFileTest, KnowsNothingWhileThereIsNone) {
    HostsFile hosts{directory_ / "hosts"};
    EXPECT_EQ(texts(hosts.find("api", now_)), Texts{});

    write("192.0.2.1 api\n");
    now_ += std::chrono::seconds{1};
    EXPECT_EQ(texts(hosts.find("api", now_)), Texts{"192.0.2.1"});

    std::filesystem::remove(directory_ / "hosts");
    now_ += std::chrono::seconds{1};
    EXPECT_EQ(texts(hosts.find("api", now_)), Texts{});
}

}  // namespace
}  // namespace countersign::proxy
