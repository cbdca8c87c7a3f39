#include "proxy/upstream/addresses/own_endpoints.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace countersign::proxy::upstream::addresses {
namespace {

profiles::TcpAddress at(std::string_view address, std::uint16_t port) {
    return {*profiles::IpAddress::parse(address), port};
}

using Kind = OwnEndpoints::Kind;

TEST(OwnEndpoints, HasTheAddressesOfAListenerAsText) {
    const OwnEndpoints own{{at("127.0.0.1", 3128), at("::", 3129)}, {at("10.0.0.7", 0).address}};

    EXPECT_EQ(own.at("127.0.0.1", 3128), Kind::listener);
    EXPECT_EQ(own.at("localhost", 3128), Kind::listener);
    EXPECT_EQ(own.at("localhost", 3129), Kind::listener);
    EXPECT_EQ(own.at("10.0.0.7", 3129), Kind::listener) << "listens at all of this machine's";
    EXPECT_EQ(own.at("10.0.0.7", 3128), Kind::none);
    EXPECT_EQ(own.at("127.0.0.1", 3127), Kind::none);
    EXPECT_EQ(own.at("api.partner.example", 3128), Kind::none) << "no name is looked up";
}

TEST(OwnEndpoints, TellsTheAdminAddressApart) {
    const OwnEndpoints own{{at("127.0.0.1", 3128)}, {}, at("127.0.0.1", 9901)};

    EXPECT_EQ(own.at("127.0.0.1", 9901), Kind::admin);
    EXPECT_EQ(own.at("localhost", 9901), Kind::admin);
    EXPECT_EQ(own.at("127.0.0.1", 3128), Kind::listener);
    EXPECT_EQ(own.at("127.0.0.2", 9901), Kind::none);
}

TEST(OwnEndpoints, HasThePortsOfItsListeners) {
    const OwnEndpoints own{{at("127.0.0.1", 3128)}, {}, at("127.0.0.1", 9901)};

    EXPECT_TRUE(own.listens_at(3128));
    EXPECT_FALSE(own.listens_at(9901)) << "nobody proxies there";
    EXPECT_FALSE(own.listens_at(443));
}

}  // namespace
}  // namespace countersign::proxy::upstream::addresses
