#include "proxy/upstream/addresses/permitted_addresses.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace countersign::proxy::upstream::addresses {
namespace {

using Texts = std::vector<std::string>;
using Rule = AddressObjection::Rule;

profiles::IpAddress ip(const char* text) { return profiles::IpAddress::parse(text).value(); }

Texts texts(const std::vector<profiles::IpAddress>& addresses) {
    Texts out;
    for (const auto& address : addresses) out.push_back(address.to_text());
    return out;
}

class PermittedAddressesTest : public testing::Test {
protected:
    const OwnEndpoints own_{{{ip("192.0.2.7"), 3128}}, {}};
    const std::string host_ = "api.partner.example";
    OriginRules rules_;
};

TEST_F(PermittedAddressesTest, KeepTheirOrderAndSoDoTheObjections) {
    const PermittedAddresses found = permitted(
        own_, {host_, 443, rules_},
        {ip("10.0.0.2"), ip("169.254.0.9"), ip("10.0.0.1"), ip("fe80::1")}
    );

    EXPECT_EQ(texts(found.addresses), (Texts{"10.0.0.2", "10.0.0.1"}));
    ASSERT_EQ(found.objections.size(), 2U);
    EXPECT_EQ(found.objections[0].address, ip("169.254.0.9"));
    EXPECT_EQ(found.objections[1].address, ip("fe80::1"));
    EXPECT_EQ(found.objections[1].rule, Rule::deny);
}

TEST_F(PermittedAddressesTest, AreFewerForATunnel) {
    const std::vector<profiles::IpAddress> resolved{ip("10.0.0.1"), ip("8.8.8.8")};

    const PermittedAddresses request = permitted(own_, {host_, 443, rules_}, resolved);
    const PermittedAddresses tunnel = permitted(own_, {host_, 443, rules_, true}, resolved);

    EXPECT_TRUE(request.objections.empty());
    EXPECT_EQ(texts(tunnel.addresses), Texts{"8.8.8.8"});
    ASSERT_EQ(tunnel.objections.size(), 1U);
    EXPECT_EQ(tunnel.objections[0].rule, Rule::tunnel_private);
}

TEST_F(PermittedAddressesTest, AreJudgedWithThePortThatIsDialled) {
    rules_.connect_to = profiles::HostPort{"elsewhere.example", 3128};

    const PermittedAddresses found = permitted(own_, {host_, 443, rules_}, {ip("192.0.2.7")});

    EXPECT_TRUE(found.addresses.empty());
    ASSERT_EQ(found.objections.size(), 1U);
    EXPECT_EQ(found.objections[0].rule, Rule::own_listener);
}

}  // namespace
}  // namespace countersign::proxy::upstream::addresses
