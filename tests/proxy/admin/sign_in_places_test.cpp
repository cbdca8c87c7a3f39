#include "proxy/admin/sign_in_places.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace countersign::proxy::admin {
namespace {

using Stays = std::vector<std::unique_ptr<SignInPlaces::Stay>>;

routing::PeerKey from(const std::string& address) {
    routing::Peer peer;
    peer.address = *profiles::IpAddress::parse(address);
    return routing::PeerKey::of(peer);
}

/// Who has an IPv6 address has a network of them.
TEST(SignInPlaces, AreNetworksOfIPv6) {
    SignInPlaces places;
    Stays stays;
    for (std::size_t i = 0; i < SignInPlaces::kMostOfOne; ++i) {
        stays.push_back(places.begin(from("2001:db8:0:1::" + std::to_string(i + 1))));
        EXPECT_TRUE(stays.back()) << i;
    }
    EXPECT_FALSE(places.begin(from("2001:db8:0:1::99")));
    EXPECT_TRUE(places.begin(from("2001:db8:0:2::1")));
}

TEST(SignInPlaces, HaveABoundEach) {
    SignInPlaces places;
    Stays stays;
    for (std::size_t i = 0; i < SignInPlaces::kMostOfOne; ++i) {
        stays.push_back(places.begin(from("192.0.2.1")));
        EXPECT_TRUE(stays.back()) << i;
    }
    EXPECT_FALSE(places.begin(from("192.0.2.1")));
    EXPECT_TRUE(places.begin(from("192.0.2.2"))) << "another one is not kept waiting";
    stays.pop_back();
    EXPECT_TRUE(places.begin(from("192.0.2.1")));
}

TEST(SignInPlaces, HaveABoundTogether) {
    SignInPlaces places;
    Stays stays;
    for (std::size_t i = 0; i < SignInPlaces::kMost; ++i) {
        stays.push_back(places.begin(from("192.0.2." + std::to_string(i))));
        EXPECT_TRUE(stays.back()) << i;
    }
    EXPECT_FALSE(places.begin(from("192.0.2.200")));
    stays.clear();
    EXPECT_TRUE(places.begin(from("192.0.2.200")));
}

TEST(SignInPlaces, MayGoBeforeWhoStays) {
    std::optional<SignInPlaces> places{std::in_place};
    auto stay = places->begin(from("192.0.2.1"));
    places.reset();
    stay.reset();
}

}  // namespace
}  // namespace countersign::proxy::admin
