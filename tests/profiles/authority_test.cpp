#include "profiles/authority.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

TEST(Authority, HasThePortOnlyWhereItIsNotTheDefault) {
    struct Row {
        std::string_view host;
        std::uint16_t port;
        std::uint16_t default_port;
        std::string_view text;
    };
    for (const Row& row : {
             Row{"a.example", 0, 443, "a.example"},
             Row{"a.example", 443, 443, "a.example"},
             Row{"a.example", 8443, 443, "a.example:8443"},
             Row{"a.example", 443, 8443, "a.example:443"},
             Row{"a.example", 443, 0, "a.example:443"},
             Row{"a.example", 0, 0, "a.example"},
             Row{"192.0.2.1", 80, 0, "192.0.2.1:80"},
             Row{"::1", 65535, 443, "[::1]:65535"},
             Row{"::1", 443, 443, "[::1]"},
         }) {
        EXPECT_EQ(authority_text(row.host, row.port, row.default_port), row.text);
    }
}

TEST(Authority, HasRoomForTheLongestHost) {
    const std::string host(kLongestHost, 'a');
    EXPECT_EQ(authority_text(host, 65535), host + ":65535");
}

}  // namespace
}  // namespace countersign::profiles
