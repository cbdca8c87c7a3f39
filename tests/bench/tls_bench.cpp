#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy {
namespace {

/// Writes `request`, and reads `answer_size` bytes; again and again.
net::Task<void> call(
    upstream::UpstreamPool& pool, upstream::PooledOrigin& origin, std::string request,
    std::size_t answer_size, benchmark::State& state
) {
    net::Task<upstream::UpstreamLease> opening = upstream::lease_new(pool, origin);
    upstream::UpstreamLease lease = co_await opening;
    std::array<char, 65'536> into;
    for (auto _ : state) {
        lease.stream().send(request);
        for (std::size_t got = 0; got < answer_size;) {
            const net::IoResult read =
                co_await net::read_some(leased(lease).tls(), into.data(), into.size(), net::kNever);
            if (!read.ok()) co_return state.SkipWithError("the server ended the connection");
            got += read.bytes;
        }
    }
}

/// What the client's side of a TLS connection costs: a small request, and an answer of as many
/// bytes as the argument says, through kernel and loopback. The server runs on a thread of its own,
/// whose time is not counted.
void BM_TlsExchange(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const std::string answer(size, 'x');
    const Partner partner;
    const tests::ScriptedServer server{partner.server(), [&](tests::Peer& peer) {
                                           while (!peer.read_request().empty()) peer.write(answer);
                                       }};
    upstream::PoolWorld world;
    upstream::PooledOrigin& origin =
        world.origin(server.port(), partner.context("acme"), upstream::addresses::OriginRules{});
    const std::string request = "GET / HTTP/1.1\r\nHost: partner\r\n\r\n";
    world.loop().run(call(world.pool(), origin, request, size, state));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_TlsExchange)->Arg(200)->Arg(16'000)->Arg(1 << 20);

}  // namespace
}  // namespace countersign::proxy

BENCHMARK_MAIN();
