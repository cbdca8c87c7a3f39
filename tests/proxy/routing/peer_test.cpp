#include "proxy/routing/peer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "proxy/routing/refusals.hpp"

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

/// Whose connections limits.client_connections_per_address has counted together.
TEST(Peer, HearsWithWhomItIsCounted) {
    struct Counted {
        std::string_view address;  ///< empty: a unix socket
        std::string_view words;
    };
    for (const Counted& row : {
             Counted{"10.0.0.7", "The client's address, 10.0.0.7, has as many"},
             Counted{"2001:db8:1:2:3::7", "The client's network, 2001:db8:1:2::/64, has as many"},
             Counted{"", "The user of this client, uid 7, has as many"},
         }) {
        Peer peer;
        peer.is_unix = row.address.empty();
        peer.uid = 7;
        if (!peer.is_unix) peer.address = *profiles::IpAddress::parse(row.address);
        peer.admission = Peer::Admission::over_address_limit;
        peer.limit = 5;

        const Failure failure = admission_failure(peer, "apps");

        EXPECT_EQ(failure.code(), FailureCode::connection_limit);
        EXPECT_EQ(failure.side(), Side::client);
        EXPECT_TRUE(failure.reason().starts_with(row.words)) << failure.reason();
        EXPECT_TRUE(failure.reason().ends_with("client_connections_per_address allows, 5."));
    }
}

Peer at(const char* address) {
    Peer peer;
    peer.address = *profiles::IpAddress::parse(address);
    return peer;
}

Peer user(std::uint32_t uid) {
    Peer peer;
    peer.is_unix = true;
    peer.uid = uid;
    return peer;
}

TEST(PeerKey, IsAnIpv4AddressTheNetworkOfAnIpv6OneOrAUser) {
    const auto key = [](const char* address) { return PeerKey::of(at(address)); };

    EXPECT_NE(key("10.0.0.7"), key("10.0.0.8"));
    EXPECT_EQ(key("10.0.0.7"), key("::ffff:10.0.0.7"));
    EXPECT_EQ(key("2001:db8:1:2::7"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    EXPECT_NE(key("2001:db8:1:2::7"), key("2001:db8:1:3::7"));
    EXPECT_NE(key("::1"), key("0.0.0.0"));
    EXPECT_EQ(PeerKey::of(user(7)), PeerKey::of(user(7)));
    EXPECT_NE(PeerKey::of(user(7)), PeerKey::of(user(8)));
    EXPECT_NE(PeerKey::of(user(7)), key("0.0.0.7"));
}

TEST(ShareOf, IsOneForANameAnAddressASlash64AndAUser) {
    EXPECT_EQ(share_of(at("192.0.2.1"), "billing"), share_of(at("192.0.2.2"), "billing"));
    EXPECT_EQ(share_of(at("192.0.2.1"), ""), share_of(at("192.0.2.1"), ""));
    EXPECT_EQ(share_of(at("2001:db8::1"), ""), share_of(at("2001:db8::ffff"), ""));
    EXPECT_EQ(share_of(user(1000), ""), share_of(user(1000), ""));
}

TEST(ShareOf, IsThatOfThePeerWhereTheClientHasNoName) {
    EXPECT_EQ(share_of(at("192.0.2.1"), ""), PeerKey::of(at("192.0.2.1")).mixed());
    EXPECT_NE(share_of(at("192.0.2.1"), "billing"), PeerKey::of(at("192.0.2.1")).mixed());
    EXPECT_NE(share_of(at("0.0.0.0"), ""), 0U) << "that is nobody's in particular";
}

TEST(ShareOf, IsAnotherForAnother) {
    EXPECT_NE(share_of(at("192.0.2.1"), "billing"), share_of(at("192.0.2.1"), "orders"));
    EXPECT_NE(share_of(at("192.0.2.1"), ""), share_of(at("192.0.2.2"), ""));
    EXPECT_NE(share_of(at("2001:db8::1"), ""), share_of(at("2001:db8:0:1::1"), ""));
    EXPECT_NE(share_of(user(1000), ""), share_of(user(1001), ""));
}

}  // namespace
}  // namespace countersign::proxy::routing
