#include "profiles/network.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

struct AddressCase {
    std::string name;
    std::string text;
    std::string canonical;  ///< empty: no address
};

class IpAddressTable : public testing::TestWithParam<AddressCase> {};

TEST_P(IpAddressTable, IsParsedToItsCanonicalText) {
    const auto& row = GetParam();

    const auto address = IpAddress::parse(row.text);

    EXPECT_EQ(address ? address->to_text() : "", row.canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, IpAddressTable,
    testing::Values(
        AddressCase{"IPv4", "192.0.2.1", "192.0.2.1"},
        AddressCase{"IPv6", "2001:DB8::1", "2001:db8::1"},
        AddressCase{"IPv6InBrackets", "[2001:db8::1]", "2001:db8::1"},
        AddressCase{"IPv6WrittenOut", "2001:0db8:0:0:0:0:0:1", "2001:db8::1"},
        AddressCase{"MappedIPv4", "::ffff:192.0.2.1", "192.0.2.1"},
        AddressCase{"MappedIPv4InHex", "::ffff:c000:201", "192.0.2.1"},
        AddressCase{"Unspecified", "::", "::"}, AddressCase{"Empty", "", ""},
        AddressCase{"ThreeNumbers", "192.0.2", ""},
        AddressCase{"NumberAbove255", "192.0.2.256", ""},
        AddressCase{"LeadingZero", "192.0.2.01", ""}, AddressCase{"Hexadecimal", "0x7f.0.0.1", ""},
        AddressCase{"IPv4InBrackets", "[192.0.2.1]", ""}, AddressCase{"OpenBracket", "[::1", ""},
        AddressCase{"EmptyBrackets", "[]", ""}, AddressCase{"Zone", "fe80::1%eth0", ""},
        AddressCase{"SpaceAround", " 192.0.2.1", ""},
        AddressCase{"NulInside", std::string("192.0.2.1\0.x", 12), ""},
        AddressCase{"MuchTooLong", std::string(1000, ':'), ""}
    ),
    [](const auto& row) { return row.param.name; }
);

struct KindCase {
    std::string name;
    std::string text;
    bool loopback;
    bool unspecified;
};

class IpAddressKinds : public testing::TestWithParam<KindCase> {};

TEST_P(IpAddressKinds, AreToldApart) {
    const auto& row = GetParam();

    const auto address = IpAddress::parse(row.text).value();

    EXPECT_EQ(address.is_loopback(), row.loopback);
    EXPECT_EQ(address.is_unspecified(), row.unspecified);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, IpAddressKinds,
    testing::Values(
        KindCase{"Loopback", "127.0.0.1", true, false},
        KindCase{"LastLoopback", "127.255.255.255", true, false},
        KindCase{"AfterLoopback", "128.0.0.0", false, false},
        KindCase{"LoopbackIPv6", "::1", true, false},
        KindCase{"MappedLoopback", "::ffff:127.0.0.1", true, false},
        KindCase{"NotLoopbackIPv6", "1::1", false, false},
        KindCase{"Unspecified", "0.0.0.0", false, true},
        KindCase{"UnspecifiedIPv6", "::", false, true},
        KindCase{"Public", "192.0.2.1", false, false}
    ),
    [](const auto& row) { return row.param.name; }
);

struct NetworkCase {
    std::string name;
    std::string text;
    std::string canonical;  ///< empty: no network
};

class NetworkTable : public testing::TestWithParam<NetworkCase> {};

TEST_P(NetworkTable, IsParsedToItsCanonicalText) {
    const auto& row = GetParam();

    const auto network = Network::parse(row.text);

    EXPECT_EQ(network ? network->to_text() : "", row.canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NetworkTable,
    testing::Values(
        NetworkCase{"IPv4", "10.0.0.0/8", "10.0.0.0/8"},
        NetworkCase{"AllOfIPv4", "0.0.0.0/0", "0.0.0.0/0"},
        NetworkCase{"AllOfIPv6", "::/0", "::/0"}, NetworkCase{"IPv6", "fe80::/10", "fe80::/10"},
        NetworkCase{"OneIPv4Address", "127.0.0.1", "127.0.0.1/32"},
        NetworkCase{"OneIPv6Address", "::1", "::1/128"},
        NetworkCase{"OneMappedAddress", "::ffff:127.0.0.1", "127.0.0.1/32"},
        NetworkCase{"MappedIPv4", "::ffff:10.0.0.0/104", "10.0.0.0/8"},
        NetworkCase{"AllOfMappedIPv4", "::ffff:0:0/96", "0.0.0.0/0"},
        NetworkCase{"MappedPrefixCutShort", "::ffff:0:0/95", ""},
        NetworkCase{"HostBits", "10.0.0.1/8", ""},
        NetworkCase{"HostBitsInTheByteOfThePrefix", "10.128.0.0/8", ""},
        NetworkCase{"HostBitsOfIPv6", "fe80::1/10", ""},
        NetworkCase{"PrefixTooLong", "10.0.0.0/33", ""},
        NetworkCase{"PrefixTooLongForIPv6", "::/129", ""},
        NetworkCase{"NegativePrefix", "10.0.0.0/-1", ""},
        NetworkCase{"SignedPrefix", "10.0.0.0/+8", ""},
        NetworkCase{"PrefixWithLeadingZero", "10.0.0.0/08", ""},
        NetworkCase{"NoPrefix", "10.0.0.0/", ""}, NetworkCase{"Netmask", "10.0.0.0/255.0.0.0", ""},
        NetworkCase{"NoAddress", "/8", ""}, NetworkCase{"Name", "localhost", ""}
    ),
    [](const auto& row) { return row.param.name; }
);

struct ContainsCase {
    std::string name;
    std::string network;
    std::string address;
    bool contains;
};

class NetworkContains : public testing::TestWithParam<ContainsCase> {};

TEST_P(NetworkContains, WhatSharesItsPrefix) {
    const auto& row = GetParam();
    const auto network = Network::parse(row.network).value();

    const bool contains = network.contains(IpAddress::parse(row.address).value());

    EXPECT_EQ(contains, row.contains);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NetworkContains,
    testing::Values(
        ContainsCase{"First", "192.0.2.64/26", "192.0.2.64", true},
        ContainsCase{"Last", "192.0.2.64/26", "192.0.2.127", true},
        ContainsCase{"Before", "192.0.2.64/26", "192.0.2.63", false},
        ContainsCase{"After", "192.0.2.64/26", "192.0.2.128", false},
        ContainsCase{"OnByteBorder", "10.0.0.0/8", "10.1.2.3", true},
        ContainsCase{"BeyondByteBorder", "10.0.0.0/8", "11.0.0.0", false},
        ContainsCase{"WholeAddress", "192.0.2.1", "192.0.2.1", true},
        ContainsCase{"NextToWholeAddress", "192.0.2.1", "192.0.2.0", false},
        ContainsCase{"AnyIPv4", "0.0.0.0/0", "255.255.255.255", true},
        ContainsCase{"MappedIsIPv4", "10.0.0.0/8", "::ffff:10.1.2.3", true},
        ContainsCase{"IPv4IsNotIPv6", "::/0", "10.0.0.1", false},
        ContainsCase{"IPv6IsNotIPv4", "0.0.0.0/0", "::1", false},
        ContainsCase{"LinkLocal", "fe80::/10", "febf::1", true},
        ContainsCase{"AfterLinkLocal", "fe80::/10", "fec0::1", false}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(Network, AroundAnAddressDropsTheBitsBehindThePrefix) {
    const auto four = IpAddress::parse("10.1.2.3").value();
    const auto six = IpAddress::parse("2001:db8:ffff::1").value();

    EXPECT_EQ(Network::around(four, 8).to_text(), "10.0.0.0/8");
    EXPECT_EQ(Network::around(four, 31).to_text(), "10.1.2.2/31");
    EXPECT_EQ(Network::around(six, 33).to_text(), "2001:db8:8000::/33");
}

}  // namespace
}  // namespace countersign::profiles
