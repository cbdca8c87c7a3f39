#include "proxy/routing/peer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::routing {
namespace {

struct Row {
    const char* name;
    const char* address;  ///< null: a unix socket
    std::uint16_t port;
    const char* text;
};

class PeerText : public testing::TestWithParam<Row> {};

TEST_P(PeerText, SaysWhoIsThere) {
    Peer peer;
    if (GetParam().address == nullptr) {
        peer.is_unix = true;
    } else {
        peer.address = *profiles::IpAddress::parse(GetParam().address);
        peer.port = GetParam().port;
    }

    EXPECT_EQ(peer.to_text(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PeerText,
    testing::Values(
        Row{"v4", "127.0.0.1", 50412, "127.0.0.1:50412"}, Row{"v6", "::1", 50412, "[::1]:50412"},
        Row{"mapped", "::ffff:192.0.2.7", 443, "192.0.2.7:443"}, Row{"unix", nullptr, 0, "unix"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::routing
