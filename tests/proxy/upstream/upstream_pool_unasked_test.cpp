// What a server says unasked on a connection that rests is nobody's answer.
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <boost/asio/post.hpp>

#include "proxy/net/use_task.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/upstream/burst_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

/// A server that says something unasked behind its first answer, when the test wants it.
class TalkativeServerTest : public UpstreamPoolBurstTest {
protected:
    void behave(tests::Peer& peer) {
        if (peer.number() > 1) {
            answer_all(peer);
            return;
        }
        peer.read_request();
        peer.write(tests::ok("answer"));
        speaks_.wait(false);
        peer.write(tests::ok("unasked"));
        peer.read_request();
    }
    void speak() {
        speaks_ = true;
        speaks_.notify_all();
    }
    void TearDown() override { speak(); }

    std::atomic<bool> speaks_ = false;
    tests::ScriptedServer server_{partner_.server(), [this](auto& peer) { behave(peer); }};
};

/// What the server has said stands in the kernel; the event loop has not looked.
void wait_for_bytes(int fd) {
    pollfd one{fd, POLLIN, 0};
    const auto patience = std::chrono::milliseconds{tests::kPatience};
    EXPECT_EQ(::poll(&one, 1, static_cast<int>(patience.count())), 1);
}

template <class Speak>
net::Task<void> keep_what_spoke(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst, Speak speak
) {
    co_await until(event_loop, [&] { return burst.leases.size() == 1; });
    UpstreamLease lease = std::move(burst.leases.front());
    burst.leases.clear();
    co_await exchange(lease);
    speak();
    wait_for_bytes(leased(lease).descriptor().fd());
    std::move(lease).keep();
    if (origin.waiters.empty()) {
        const UpstreamLease idle = pool.lease_idle(origin);
        EXPECT_FALSE(idle) << "what came unasked would be taken for the next answer";
        co_return;
    }
    co_await until(event_loop, [&] { return burst.ended() == 1; });
    EXPECT_EQ(burst.leases.size(), 1U);
    if (burst.leases.empty()) co_return;
    EXPECT_FALSE(burst.leases.front().reused()) << "handed over with an answer to nobody";
    co_await exchange(burst.leases.front());
    burst.leases.clear();
}

TEST_F(TalkativeServerTest, AConnectionThatSpokeUnaskedIsNotHandedOver) {
    rules_.pool.max_connections = 1;
    PooledOrigin& origin = origin_at(server_.port());

    begin(origin, 2);
    run(keep_what_spoke(pool(), origin, event_loop(), burst_, [this] { speak(); }));

    EXPECT_EQ(server_.connections(), 2);
}

TEST_F(TalkativeServerTest, NorLeasedInTheVeryRoundInWhichItWasKept) {
    PooledOrigin& origin = origin_at(server_.port());

    begin(origin, 1);
    run(keep_what_spoke(pool(), origin, event_loop(), burst_, [this] { speak(); }));
}

/// The descriptor of the connection that is idle then.
net::Task<int> keep_after_an_exchange(net::EventLoop& event_loop, Burst& burst) {
    co_await until(event_loop, [&] { return burst.leases.size() == 1; });
    UpstreamLease lease = std::move(burst.leases.front());
    burst.leases.clear();
    co_await exchange(lease);
    const int fd = leased(lease).descriptor().fd();
    std::move(lease).keep();
    co_return fd;
}

/// Kept in an earlier round; the unasked answer is found by the same look as what wakes this task,
/// and told after it.
template <class Speak>
net::Task<void> lease_before_it_is_told(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst, Speak speak
) {
    net::SocketPair pair;
    net::Descriptor waker{event_loop, std::move(pair.ours)};
    const int fd = co_await keep_after_an_exchange(event_loop, burst);
    co_await net::next_round(event_loop);
    pair.say("now");
    speak();
    wait_for_bytes(fd);

    co_await waker.wait_readable(net::kNever);

    const UpstreamLease idle = pool.lease_idle(origin);
    EXPECT_FALSE(idle) << "what came unasked would be taken for the next answer";
}

TEST_F(TalkativeServerTest, NorLeasedBeforeItIsToldWhatCame) {
    PooledOrigin& origin = origin_at(server_.port());

    begin(origin, 1);
    run(lease_before_it_is_told(pool(), origin, event_loop(), burst_, [this] { speak(); }));
}

/// What wakes this task is no socket: work of another thread, or a task that gave up its turn.
template <class Speak>
net::Task<void> lease_in_a_round_without_sockets(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst, Speak speak
) {
    const int fd = co_await keep_after_an_exchange(event_loop, burst);
    speak();
    wait_for_bytes(fd);

    auto work = boost::asio::post(event_loop.context(), net::UseTask{event_loop});
    co_await work;

    const UpstreamLease idle = pool.lease_idle(origin);
    EXPECT_FALSE(idle) << "what came unasked would be taken for the next answer";
}

TEST_F(TalkativeServerTest, NorLeasedInARoundThatNoSocketBegan) {
    PooledOrigin& origin = origin_at(server_.port());

    begin(origin, 1);
    run(lease_in_a_round_without_sockets(pool(), origin, event_loop(), burst_, [this] { speak(); })
    );
}

net::Task<void> use_twice(UpstreamPool& pool, PooledOrigin& origin) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    co_await exchange(lease);
    EXPECT_NE(lease.stream().facts().renegotiation_cure, "") << "it was asked for meanwhile";
    std::move(lease).keep();

    const UpstreamLease again = pool.lease_idle(origin);
    EXPECT_TRUE(again);
    if (!again) co_return;
    EXPECT_TRUE(again.reused());
    EXPECT_EQ(again.stream().facts().renegotiation_cure, "") << "that was another exchange's";
}

/// A server that asks for another handshake and answers without it: what comes of the next exchange
/// is not to be told as that.
TEST(UpstreamPoolRenegotiation, ConcernsTheExchangeInWhichItWasAskedForAlone) {
    const Partner partner;
    tests::ScriptedServer::Options options = partner.server(false);
    options.max_version = TLS1_2_VERSION;
    const tests::ScriptedServer server{options, [](tests::Peer& peer) {
                                           if (peer.read_request().empty()) return;
                                           peer.ask_for_certificate();
                                           peer.write(tests::ok("answer"));
                                           peer.stays(std::chrono::minutes{1});
                                       }};
    PoolWorld world;
    addresses::OriginRules rules;
    rules.profile = "partner";
    const auto tls = partner.context("acme");

    world.loop().run(use_twice(world.pool(), world.origin(server.port(), tls, rules)));
}

}  // namespace
}  // namespace countersign::proxy::upstream
