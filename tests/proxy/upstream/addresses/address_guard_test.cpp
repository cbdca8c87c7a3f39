#include "proxy/upstream/addresses/address_guard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::upstream::addresses {
namespace {

using Rule = AddressObjection::Rule;

profiles::IpAddress ip(const char* text) { return profiles::IpAddress::parse(text).value(); }

struct Row {
    const char* name;
    const char* bound;  ///< the proxy listens here, on port 3128
    const char* address;
    std::uint16_t port;
    bool allowed;
};

const profiles::AddressRules kDefaultRules;
const OwnEndpoints kNoEndpoints{{}, {}};

/// A machine with the addresses 192.0.2.7 and 2001:db8::7, and the default rules.
class AddressGuardTest : public testing::TestWithParam<Row> {};

TEST_P(AddressGuardTest, DecidesWhatMayBeDialled) {
    const Row& row = GetParam();
    const OwnEndpoints own{{{ip(row.bound), 3128}}, {ip("192.0.2.7"), ip("2001:db8::7")}};
    const AddressGuard guard{kDefaultRules, own};

    const auto objection = guard.objection(ip(row.address), row.port);

    EXPECT_EQ(!objection, row.allowed) << (objection ? objection->text : "");
}

INSTANTIATE_TEST_SUITE_P(
    DeniedNetworks, AddressGuardTest,
    testing::Values(
        Row{"anywhere", "127.0.0.1", "203.0.113.9", 443, true},
        Row{"private", "127.0.0.1", "10.1.2.3", 443, true},
        Row{"metadata", "127.0.0.1", "169.254.169.254", 80, false},
        Row{"metadata_mapped", "127.0.0.1", "::ffff:169.254.169.254", 80, false},
        Row{"link_local_v6", "127.0.0.1", "fe80::1", 443, false},
        Row{"beside_link_local", "127.0.0.1", "169.253.255.255", 443, true}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

INSTANTIATE_TEST_SUITE_P(
    OwnListener, AddressGuardTest,
    testing::Values(
        Row{"itself", "127.0.0.1", "127.0.0.1", 3128, false},
        Row{"itself_mapped", "127.0.0.1", "::ffff:127.0.0.1", 3128, false},
        Row{"another_port", "127.0.0.1", "127.0.0.1", 3129, true},
        Row{"another_loopback", "127.0.0.1", "127.0.0.2", 3128, true},
        Row{"unspecified_is_loopback", "127.0.0.1", "0.0.0.0", 3128, false},
        Row{"unspecified_v6", "::1", "::", 3128, false},
        Row{"another_machine", "127.0.0.1", "203.0.113.9", 3128, true}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

INSTANTIATE_TEST_SUITE_P(
    OwnWildcardListener, AddressGuardTest,
    testing::Values(
        Row{"loopback", "0.0.0.0", "127.0.0.1", 3128, false},
        Row{"any_loopback", "0.0.0.0", "127.8.9.10", 3128, false},
        Row{"this_machine", "0.0.0.0", "192.0.2.7", 3128, false},
        Row{"this_machine_mapped", "0.0.0.0", "::ffff:192.0.2.7", 3128, false},
        Row{"this_machine_another_port", "0.0.0.0", "192.0.2.7", 443, true},
        Row{"another_machine", "0.0.0.0", "192.0.2.8", 3128, true},
        Row{"v6_loopback", "::", "::1", 3128, false},
        Row{"v6_this_machine", "::", "2001:db8::7", 3128, false},
        Row{"v6_takes_v4_too", "::", "192.0.2.7", 3128, false},
        Row{"v6_another_machine", "::", "2001:db8::8", 3128, true}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(AddressGuard, SaysWhichRuleObjects) {
    const profiles::TcpAddress admin{ip("127.0.0.1"), 9901};
    const OwnEndpoints own{{{ip("127.0.0.1"), 3128}}, {}, admin};
    const AddressGuard guard{kDefaultRules, own};

    EXPECT_EQ(
        guard.objection(ip("169.254.169.254"), 80).value().text,
        "address 169.254.169.254 lies in 169.254.0.0/16, which addresses.deny forbids"
    );
    EXPECT_EQ(
        guard.objection(ip("127.0.0.1"), 3128).value().text,
        "address 127.0.0.1 with port 3128 is one of the proxy's own listeners"
    );
    EXPECT_EQ(
        guard.objection(ip("127.0.0.1"), 9901).value().text,
        "address 127.0.0.1 with port 9901 is the proxy's admin address"
    );
    EXPECT_FALSE(guard.objection(ip("127.0.0.1"), 3128).value().is_admin);
    EXPECT_TRUE(guard.objection(ip("127.0.0.1"), 9901).value().is_admin);
    EXPECT_EQ(guard.objection(ip("127.0.0.1"), 9901).value().rule, Rule::own_listener);
    EXPECT_EQ(guard.objection(ip("169.254.169.254"), 80).value().rule, Rule::deny);
    EXPECT_EQ(guard.objection(ip("127.0.0.1"), 3128).value().rule, Rule::own_listener);
}

TEST(AddressGuard, SeesThroughAddressesThatStandForOthers) {
    const OwnEndpoints own{{{ip("192.0.2.7"), 3128}}, {}};
    const AddressGuard guard{kDefaultRules, own};

    EXPECT_EQ(
        guard.objection(ip("64:ff9b::a9fe:a9fe"), 80).value().text,
        "64:ff9b::a9fe:a9fe stands for another address: address 169.254.169.254 lies in "
        "169.254.0.0/16, which addresses.deny forbids"
    );
    EXPECT_EQ(
        guard.objection(ip("2002:a9fe:a9fe::1"), 80).value().address, ip("2002:a9fe:a9fe::1")
    );
    EXPECT_TRUE(guard.objection(ip("64:ff9b::c000:207"), 3128));
    EXPECT_TRUE(guard.objection(ip("::ffff:0:a9fe:a9fe"), 80));
    EXPECT_FALSE(guard.objection(ip("64:ff9b::808:808"), 443));
}

TEST(AddressGuard, DeniesTheCloudsOtherMetadataAddresses) {
    const AddressGuard guard{kDefaultRules, kNoEndpoints};

    for (const auto* address :
         {"fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "100.100.100.200", "192.0.0.192"}) {
        EXPECT_TRUE(guard.objection(ip(address), 80)) << address;
    }
    for (const auto* address : {"fd00:ec2::255", "100.100.100.201", "192.0.0.191"}) {
        EXPECT_FALSE(guard.objection(ip(address), 80)) << address;
    }
}

TEST(AddressGuard, DeniesWhatTheOperatorSays) {
    profiles::AddressRules rules;
    rules.deny = {profiles::Network::parse("10.0.0.0/8").value()};
    const AddressGuard guard{rules, kNoEndpoints};

    EXPECT_TRUE(guard.objection(ip("10.1.2.3"), 443));
    EXPECT_FALSE(guard.objection(ip("169.254.169.254"), 80)) << "the operator's list is the list";
}

TEST(AddressGuard, LetsTunnelsReachPublicAddressesOnly) {
    const AddressGuard guard{kDefaultRules, kNoEndpoints};

    EXPECT_FALSE(guard.objection_to_tunnel(ip("8.8.8.8")));
    EXPECT_EQ(
        guard.objection_to_tunnel(ip("::ffff:10.1.2.3")).value().text,
        "address 10.1.2.3 is a private address, and tunnels, which nothing verifies, reach public "
        "addresses only"
    );
    EXPECT_EQ(guard.objection_to_tunnel(ip("10.1.2.3")).value().rule, Rule::tunnel_private);
}

TEST(AddressGuard, LetsTunnelsReachEveryAddressWhereTheOperatorSaysSo) {
    profiles::AddressRules rules;
    rules.tunnel_private = true;
    const AddressGuard guard{rules, kNoEndpoints};

    EXPECT_FALSE(guard.objection_to_tunnel(ip("10.1.2.3")));
    EXPECT_FALSE(guard.objection_to_tunnel(ip("::1")));
    EXPECT_TRUE(guard.objection(ip("169.254.169.254"), 80)) << "deny holds for tunnels, too";
}

}  // namespace
}  // namespace countersign::proxy::upstream::addresses
