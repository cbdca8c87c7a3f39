#include "profiles/yaml/host_port.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

TEST(SplitHostPort, TakesThePortBehindTheLastColon) {
    const struct {
        std::string_view text;
        std::string_view host;
        std::uint16_t port;
    } kTexts[] = {
        {"api.example:443", "api.example", 443},
        {"192.0.2.1:1", "192.0.2.1", 1},
        {"[2001:db8::7]:65535", "[2001:db8::7]", 65535},
        {":443", "", 443},
    };
    for (const auto& [text, host, port] : kTexts) {
        const auto split = split_host_port(text, 1);
        ASSERT_TRUE(split) << text;
        EXPECT_EQ(split->host, host) << text;
        EXPECT_EQ(split->port, port) << text;
    }
    EXPECT_TRUE(split_host_port("127.0.0.1:0", 0));
}

TEST(SplitHostPort, GivesNothingForAnotherPortOrAnAddressWithoutBrackets) {
    for (const std::string_view text :
         {"", "api.example", "api.example:", "api.example:0", "api.example:65536",
          "api.example:0443", "api.example:-1", "api.example:http", "2001:db8::7:443", "::1"}) {
        EXPECT_FALSE(split_host_port(text, 1)) << text;
    }
}

}  // namespace
}  // namespace countersign::profiles
