#include "proxy/upstream/dns/local_names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace countersign::proxy::upstream::dns {
namespace {

/// "unknown" alone where only DNS may know it.
std::vector<std::string> texts(const std::string& host, const HostsTable& hosts) {
    const auto addresses = local_addresses(host, hosts);
    if (!addresses) return {"unknown"};
    std::vector<std::string> all;
    for (const profiles::IpAddress& address : *addresses) all.push_back(address.to_text());
    return all;
}

using Texts = std::vector<std::string>;

TEST(LocalAddresses, AreThoseOfTheHostsFile) {
    const HostsTable hosts =
        parse_hosts("192.0.2.1 api.example\n192.0.2.2 localhost a.localhost\n");

    EXPECT_EQ(texts("api.example", hosts), Texts{"192.0.2.1"});
    EXPECT_EQ(texts("localhost", hosts), Texts{"192.0.2.2"});
    EXPECT_EQ(texts("a.localhost", hosts), Texts{"192.0.2.2"});
}

TEST(LocalAddresses, OfLocalhostAreTheLoopbackAddressesWithoutAnEntry) {
    for (const std::string host : {"localhost", "a.localhost", "b.a.localhost"}) {
        EXPECT_EQ(texts(host, {}), (Texts{"127.0.0.1", "::1"})) << host;
    }
}

TEST(LocalAddresses, AreUnknownOfEveryOtherName) {
    for (const std::string host : {"api.example", "notlocalhost", "localhost.example"}) {
        EXPECT_EQ(texts(host, {}), Texts{"unknown"}) << host;
    }
}

}  // namespace
}  // namespace countersign::proxy::upstream::dns
