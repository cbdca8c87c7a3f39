#include "proxy/upstream/addresses/special_addresses.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::upstream::addresses {
namespace {

struct Row {
    const char* name;
    const char* address;
    const char* kind;  ///< empty: public
};

class SpecialAddresses : public testing::TestWithParam<Row> {};

TEST_P(SpecialAddresses, AreToldFromPublicOnes) {
    const auto address = profiles::IpAddress::parse(GetParam().address);
    ASSERT_TRUE(address);

    EXPECT_EQ(special_kind(*address), GetParam().kind);
}

constexpr auto kLoopback = "a loopback address";
constexpr auto kHost = "an address of this host";
constexpr auto kPrivate = "a private address";
constexpr auto kProvider = "an address inside a provider's network";
constexpr auto kLink = "a link-local address";
constexpr auto kMulticast = "a multicast address";
constexpr auto kReserved = "a reserved address";

INSTANTIATE_TEST_SUITE_P(
    Ipv4, SpecialAddresses,
    testing::Values(
        Row{"loopback", "127.0.0.1", kLoopback}, Row{"loopback_last", "127.255.255.255", kLoopback},
        Row{"before_loopback", "126.255.255.255", ""}, Row{"unspecified", "0.0.0.0", kHost},
        Row{"this_network", "0.1.2.3", kHost}, Row{"after_this_network", "1.0.0.0", ""},
        Row{"ten", "10.0.0.1", kPrivate}, Row{"after_ten", "11.0.0.0", ""},
        Row{"before_172_16", "172.15.255.255", ""}, Row{"first_172_16", "172.16.0.0", kPrivate},
        Row{"last_172_16", "172.31.255.255", kPrivate}, Row{"after_172_16", "172.32.0.0", ""},
        Row{"first_192_168", "192.168.0.0", kPrivate},
        Row{"last_192_168", "192.168.255.255", kPrivate}, Row{"after_192_168", "192.169.0.0", ""},
        Row{"before_cgnat", "100.63.255.255", ""}, Row{"cgnat", "100.64.0.0", kProvider},
        Row{"cgnat_last", "100.127.255.255", kProvider}, Row{"after_cgnat", "100.128.0.0", ""},
        Row{"metadata", "169.254.169.254", kLink}, Row{"multicast", "224.0.0.1", kMulticast},
        Row{"multicast_last", "239.255.255.255", kMulticast},
        Row{"class_e", "240.0.0.1", kReserved}, Row{"broadcast", "255.255.255.255", kReserved},
        Row{"protocols", "192.0.0.8", kReserved}, Row{"documentation", "203.0.113.9", kReserved},
        Row{"benchmarks", "198.19.0.1", kReserved}, Row{"anycast_relays", "192.88.99.1", kReserved},
        Row{"dns", "8.8.8.8", ""}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

INSTANTIATE_TEST_SUITE_P(
    Ipv6, SpecialAddresses,
    testing::Values(
        Row{"loopback", "::1", kLoopback}, Row{"unspecified", "::", kHost},
        Row{"unique_local", "fc00::1", kPrivate},
        Row{"unique_local_random", "fd12:3456::1", kPrivate},
        Row{"outside_global_unicast", "fbff::1", kReserved}, Row{"site_local", "fec0::1", kPrivate},
        Row{"link_local", "fe80::1", kLink}, Row{"link_local_last", "febf::1", kLink},
        Row{"multicast", "ff02::1", kMulticast}, Row{"documentation", "2001:db8::1", kReserved},
        Row{"discard", "100::1", kReserved}, Row{"dummy", "100:0:0:1::1", kReserved},
        Row{"teredo", "2001:0:a9fe:a9fe::1", kReserved}, Row{"benchmarks", "2001:2::1", kReserved},
        Row{"orchid", "2001:10::1", kReserved}, Row{"before_global_unicast", "1fff::1", kReserved},
        Row{"first_global_unicast", "2001:200::1", ""},
        Row{"last_global_unicast", "3ffe:ffff::1", ""},
        Row{"after_global_unicast", "4000::1", kReserved}, Row{"public", "2606:4700::1111", ""}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

INSTANTIATE_TEST_SUITE_P(
    Ipv4InsideIpv6, SpecialAddresses,
    testing::Values(
        Row{"mapped_private", "::ffff:10.0.0.1", kPrivate},
        Row{"mapped_loopback", "::ffff:127.0.0.1", kLoopback},
        Row{"mapped_in_hex", "::ffff:7f00:1", kLoopback},
        Row{"mapped_public", "::ffff:8.8.8.8", ""},
        Row{"compatible_loopback", "::127.0.0.1", kLoopback},
        Row{"compatible_public", "::8.8.8.8", ""},
        Row{"translated_private", "::ffff:0:a00:1", kPrivate},
        Row{"nat64_private", "64:ff9b::10.0.0.1", kPrivate},
        Row{"nat64_metadata", "64:ff9b::169.254.169.254", kLink},
        Row{"nat64_public", "64:ff9b::8.8.8.8", ""},
        Row{"nat64_of_this_network", "64:ff9b:1::8.8.8.8", kPrivate},
        Row{"six_to_four_private", "2002:a00:1::1", kPrivate},
        Row{"six_to_four_public", "2002:808:808::1", ""}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::upstream::addresses
