#include "proxy/upstream/dns/dns_channel.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "tests/proxy/net/test_loop.hpp"
#include "tests/proxy/upstream/dns/dns_server.hpp"

namespace countersign::proxy::upstream::dns {
namespace {

net::Task<void> ask(net::EventLoop& event_loop, DnsChannel& channel, std::string host) {
    std::optional<DnsAnswer> answer;
    channel.query(host, [&answer](DnsAnswer got) { answer = std::move(got); });
    while (!answer && !event_loop.cancelled()) co_await net::next_round(event_loop);
    EXPECT_TRUE(answer && !answer->addresses.empty()) << host;
}

net::Task<void> ask_twice(net::EventLoop& event_loop, DnsChannel& channel, std::string host) {
    co_await ask(event_loop, channel, host);
    co_await ask(event_loop, channel, host);
}

/// From 1.31 on c-ares keeps answers, too: how long one is kept would be said in two places.
TEST(DnsChannel, AsksTheServerEachTime) {
    DnsServer server{[](const std::string&) {
        return DnsReply{DnsReply::Kind::answer, {"192.0.2.1", "2001:db8::1"}, 3600};
    }};
    net::TestLoop loop;
    DnsChannel channel{loop.event_loop(), "/etc/resolv.conf", server.address()};

    loop.run(ask_twice(loop.event_loop(), channel, "a.example"));

    EXPECT_EQ(server.questions("a.example"), 2);
}

}  // namespace
}  // namespace countersign::proxy::upstream::dns
