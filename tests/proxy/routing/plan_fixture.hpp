#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "proxy/routing/plan.hpp"
#include "tests/proxy/http/parsed_head.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy::routing {

inline constexpr std::string_view kLongHost = "a-name-that-is-too-long-to-be-short.partner.example";

/// Requests planned by a configuration of three profiles, one with an identity that has expired.
class PlanTest : public testing::Test {
protected:
    PlanTest() {
        peer_.address = *profiles::IpAddress::parse("127.0.0.1");
        configuration_.certificates = {
            partner_.trust(), partner_.key_store("valid"),
            partner_.key_store("expired", std::chrono::hours{-48}, std::chrono::hours{-24})};
        profiles::Profile dialled = Partner::profile("dialled", {"dialled.example"}, "valid");
        dialled.connect_to = profiles::HostPort{"10.0.0.7", 8443};
        dialled.preserve_host = false;
        configuration_.profiles = {
            Partner::profile("partner", {std::string{kLongHost}}, "valid"), dialled,
            Partner::profile("late", {"late.example"}, "expired")};
    }
    Planned of(
        std::string_view head_text,
        std::chrono::system_clock::time_point now = std::chrono::system_clock::now()
    ) {
        if (!generation_) generation_ = generation::hold(generation_of(configuration_));
        // What a plan says outlives the bytes that it was made of.
        const http::ParsedHead head = http::ParsedHead::request(head_text);
        EXPECT_TRUE(head.complete()) << head_text;
        return plan(generation_, head.head, peer_, now, own_, own_name_);
    }
    void let_open_tunnel() {
        profiles::Profile open = Partner::profile("open", {"open.example"}, "");
        open.connect_method = profiles::ConnectRule::tunnel;
        configuration_.profiles.push_back(open);
    }

    Partner partner_;
    profiles::Configuration configuration_;
    generation::GenerationHandle generation_;
    Peer peer_;
    std::string_view own_name_;
    const upstream::addresses::OwnEndpoints own_{
        {{*profiles::IpAddress::parse("127.0.0.1"), 3128}},
        {},
        profiles::TcpAddress{*profiles::IpAddress::parse("127.0.0.1"), 9901}};
};

}  // namespace countersign::proxy::routing
