#include "proxy/upstream/dns/hosts_file.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::upstream::dns {
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

    static Texts addresses(HostsFile& hosts, const std::string& name) {
        const std::shared_ptr<const HostsTable> table = hosts.read();
        const auto entry = table->find(name);
        return entry == table->end() ? Texts{} : texts(entry->second);
    }

    tests::TempDir directory_;
    int writes_ = 0;
};

TEST_F(HostsFileTest, FindsTheNamesOfTheFile) {
    write("192.0.2.1 api\n");
    HostsFile hosts{directory_ / "hosts"};

    EXPECT_EQ(addresses(hosts, "api"), Texts{"192.0.2.1"});
    EXPECT_EQ(addresses(hosts, "other"), Texts{});
}

TEST_F(HostsFileTest, IsReadAgainAfterAChangeAlone) {
    write("192.0.2.1 api\n");
    HostsFile hosts{directory_ / "hosts"};
    const std::shared_ptr<const HostsTable> first = hosts.read();

    EXPECT_EQ(hosts.read(), first);
    write("192.0.2.2 api\n");
    EXPECT_EQ(addresses(hosts, "api"), Texts{"192.0.2.2"});
    EXPECT_EQ(texts(first->at("api")), Texts{"192.0.2.1"});
}

TEST_F(HostsFileTest, KnowsNothingWhileThereIsNone) {
    HostsFile hosts{directory_ / "hosts"};
    EXPECT_EQ(addresses(hosts, "api"), Texts{});

    write("192.0.2.1 api\n");
    EXPECT_EQ(addresses(hosts, "api"), Texts{"192.0.2.1"});

    std::filesystem::remove(directory_ / "hosts");
    EXPECT_EQ(addresses(hosts, "api"), Texts{});
}

}  // namespace
}  // namespace countersign::proxy::upstream::dns
