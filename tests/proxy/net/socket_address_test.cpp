#include "proxy/net/socket_address.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace countersign::proxy::net {
namespace {

using profiles::IpAddress;

TEST(SocketAddress, IsTheSystemsFormOfAnAddressAndBack) {
    const struct {
        const char* text;
        int family;
        socklen_t size;
    } kAddresses[] = {
        {"127.0.0.1", AF_INET, sizeof(sockaddr_in)},
        {"203.0.113.255", AF_INET, sizeof(sockaddr_in)},
        {"2001:db8::7", AF_INET6, sizeof(sockaddr_in6)},
    };
    for (const auto& [text, family, size] : kAddresses) {
        const IpAddress ip = *IpAddress::parse(text);

        const SocketAddress address{ip, 8443};

        EXPECT_EQ(address.family(), family) << text;
        EXPECT_EQ(address.size(), size) << text;
        EXPECT_EQ(ip_address_of(address.data()), ip) << text;
        EXPECT_EQ(port_of(address.data()), 8443) << text;
    }
}

TEST(SocketAddress, HasItsPortInTheOrderOfTheNetwork) {
    const SocketAddress address{IpAddress::v4({192, 0, 2, 1}), 0x0102};
    const auto& v4 = *reinterpret_cast<const sockaddr_in*>(address.data());
    EXPECT_EQ(v4.sin_port, htons(0x0102));
    EXPECT_EQ(v4.sin_addr.s_addr, htonl(0xc0000201));
}

TEST(SocketAddress, AMappedAddressIsItsIpv4Address) {
    const SocketAddress six{*IpAddress::parse("2001:db8::7"), 1};
    sockaddr_in6 mapped = *reinterpret_cast<const sockaddr_in6*>(six.data());
    mapped.sin6_addr = {};
    mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
    mapped.sin6_addr.s6_addr[12] = 10;
    EXPECT_EQ(
        ip_address_of(reinterpret_cast<const sockaddr*>(&mapped)), IpAddress::v4({10, 0, 0, 0})
    );
}

TEST(SocketAddress, AUnixSocketHasNoAddress) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    EXPECT_EQ(ip_address_of(reinterpret_cast<const sockaddr*>(&local)), std::nullopt);
    EXPECT_EQ(port_of(reinterpret_cast<const sockaddr*>(&local)), 0);
    EXPECT_EQ(ip_address_of(nullptr), std::nullopt);
}

}  // namespace
}  // namespace countersign::proxy::net
