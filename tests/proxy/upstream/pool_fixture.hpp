#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/upstream/upstream_pool.hpp"
#include "tests/proxy/net/test_loop.hpp"
#include "tests/proxy/partner.hpp"
#include "tests/support/scripted_server.hpp"

namespace countersign::proxy::upstream {

/// Connections that are still being opened when all tasks have ended are given up.
inline void end_openings_with(net::TestLoop& loop, UpstreamPool& pool) {
    loop.at_end([&](std::function<void()> stop) {
        loop.event_loop().cancel_all();
        pool.when_none_opens(std::move(stop));
    });
}

/// A pool with all that stands behind it, on a loop of its own.
class PoolWorld {
public:
    explicit PoolWorld(std::uint32_t share = 1, dns::NameSources names = {}, PoolBounds bounds = {})
        : names_{std::move(names)}, pool_{loop_.event_loop(), connector_, share, {}, bounds} {
        end_openings_with(loop_, pool_);
    }

    net::TestLoop& loop() { return loop_; }
    net::EventLoop& event_loop() { return loop_.event_loop(); }
    UpstreamPool& pool() { return pool_; }
    const metrics::HandshakeCounts& handshakes() const { return connector_.handshakes(); }

    /// The origin 127.0.0.1:port, with the rules with which it was asked for first.
    PooledOrigin& origin(
        std::uint16_t port, const std::shared_ptr<const tls::TlsContext>& tls,
        const addresses::OriginRules& rules
    ) {
        auto& known = rules_[{port, tls.get()}];
        if (known == nullptr) known = std::make_shared<const addresses::OriginRules>(rules);
        return pool_.origin("127.0.0.1", port, tls, known);
    }

private:
    using Asked = std::pair<std::uint16_t, const tls::TlsContext*>;

    std::map<Asked, std::shared_ptr<const addresses::OriginRules>> rules_;
    net::TestLoop loop_;
    dns::NameFiles names_;
    dns::Resolver resolver_{loop_.event_loop(), names_};
    const addresses::OwnEndpoints own_{{}, {}};
    Connector connector_{loop_.event_loop(), resolver_, own_};
    UpstreamPool pool_;
};

/// A server's behaviour: an answer to every request.
inline void answer_all(tests::Peer& peer) {
    while (!peer.read_request().empty()) peer.write(tests::ok("answer"));
}

struct LeasedConnection {
    static UpstreamConnection& of(const UpstreamLease& lease) { return *lease.connection_; }
};
/// What an exchange does not see.
inline UpstreamConnection& leased(const UpstreamLease& lease) {
    return LeasedConnection::of(lease);
}

/// One request and its answer; fails the test where there is none.
inline net::Task<void> exchange(UpstreamConnection& connection) {
    constexpr std::string_view kRequest = "GET / HTTP/1.1\r\n\r\n";
    EXPECT_EQ(connection.stream().send(kRequest).bytes, kRequest.size());
    std::string answer;
    std::array<char, 4096> into;
    while (!answer.ends_with("answer")) {
        const net::IoResult got = co_await net::read_some(
            connection.tls(), into.data(), into.size(), net::Clock::now() + tests::kPatience
        );
        if (!got.ok()) {
            ADD_FAILURE() << "no answer";
            co_return;
        }
        answer.append(into.data(), got.bytes);
    }
}

inline net::Task<void> exchange(const UpstreamLease& lease) { return exchange(leased(lease)); }

/// A new connection; fails the test where there is none.
inline net::Task<UpstreamLease> lease_new(UpstreamPool& pool, PooledOrigin& origin) {
    ConnectReport report;
    Result<UpstreamLease> opened = co_await pool.await_lease(origin, Wish::any, report);
    if (!opened) {
        ADD_FAILURE() << opened.error().reason();
        co_return UpstreamLease{};
    }
    co_return std::move(*opened);
}

/// Goes on once `condition` holds; the loop's watchdog fails a test that waits in vain.
template <class Condition>
net::Task<void> until(net::EventLoop& event_loop, Condition condition) {
    while (!condition() && !event_loop.cancelled()) co_await net::next_round(event_loop);
}

}  // namespace countersign::proxy::upstream
