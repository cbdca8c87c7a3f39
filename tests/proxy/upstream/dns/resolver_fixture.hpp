#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/upstream/dns/resolver.hpp"
#include "tests/proxy/net/test_loop.hpp"
#include "tests/proxy/upstream/dns/dns_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::upstream::dns {

using std::chrono::hours;
using std::chrono::milliseconds;
using Texts = std::vector<std::string>;
using Kind = DnsReply::Kind;

/// What a look-up gave: the addresses as sorted texts, or the failure.
struct Outcome {
    Texts addresses;
    std::optional<Failure> failure;
};

inline net::Task<void> look_up(
    Resolver& resolver, std::string host, net::TimePoint deadline, Outcome& outcome
) {
    const Result<std::vector<profiles::IpAddress>> found =
        co_await resolver.resolve(host, deadline);
    outcome = {};
    if (!found) {
        outcome.failure = found.error();
        co_return;
    }
    for (const profiles::IpAddress& address : *found)
        outcome.addresses.push_back(address.to_text());
    std::sort(outcome.addresses.begin(), outcome.addresses.end());
}

/// A resolver with files and a server of its own.
class ResolverTest : public testing::Test {
protected:
    static DnsReply reply(const std::string& name) {
        if (name == "both.example") return {Kind::answer, {"192.0.2.1", "2001:db8::1"}, 3600};
        if (name == "four.example") return {Kind::answer, {"192.0.2.1", "192.0.2.2"}, 3600};
        if (name == "fleeting.example") return {Kind::answer, {"192.0.2.3"}, 0};
        if (name == "empty.example") return {Kind::answer, {}, 3600};
        if (name == "broken.example") return {Kind::server_failure, {}, 0};
        if (name == "silent.example") return {Kind::silence, {}, 0};
        return {Kind::no_such_name, {}, 0};
    }
    /// Owns what it says: a reader that hangs in a file outlives the test.
    NameSources sources() {
        return {
            directory_.write("hosts", "192.0.2.99 pinned.example\n"),
            directory_.write("resolv.conf", ""), [address = server_.address()] { return address; },
            milliseconds{0}};
    }
    net::TimePoint later() { return net::Clock::now() + hours{1}; }

    tests::TempDir directory_;
    DnsServer server_{reply};
    net::TestLoop loop_;
    NameFiles files_{sources()};
    Resolver resolver_{loop_.event_loop(), files_};
    Outcome outcome_;
};

}  // namespace countersign::proxy::upstream::dns
