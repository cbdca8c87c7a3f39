#include "proxy/upstream/addresses/own_endpoints.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace countersign::proxy::upstream::addresses {
namespace {

profiles::TcpAddress at(std::string_view address, std::uint16_t port) {
    return {*profiles::IpAddress::parse(address), port};
}

TEST(OwnEndpoints, HasTheAddressesOfAListenerAsText) {
    const OwnEndpoints own{{at("127.0.0.1", 3128), at("::", 3129)}, {at("10.0.0.7", 0).address}};

    EXPECT_TRUE(own.has("127.0.0.1", 3128));
    EXPECT_TRUE(own.has("localhost", 3128));
    EXPECT_TRUE(own.has("localhost", 3129));
    EXPECT_TRUE(own.has("10.0.0.7", 3129)) << "listens at all of this machine's";
    EXPECT_FALSE(own.has("10.0.0.7", 3128));
    EXPECT_FALSE(own.has("127.0.0.1", 3127));
    EXPECT_FALSE(own.has("api.partner.example", 3128)) << "no name is looked up";
}

TEST(OwnEndpoints, HasThePortsOfItsListeners) {
    const OwnEndpoints own{{at("127.0.0.1", 3128)}, {}};

    EXPECT_TRUE(own.has_port(3128));
    EXPECT_FALSE(own.has_port(443));
}

}  // namespace
}  // namespace countersign::proxy::upstream::addresses
