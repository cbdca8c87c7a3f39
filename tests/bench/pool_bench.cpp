#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy {
namespace {

/// One exchange's way to its origin, among as many as the argument says, each asked in turn.
void BM_FindOrigin(benchmark::State& state) {
    upstream::PoolWorld world;
    const auto rules = std::make_shared<const upstream::addresses::OriginRules>();
    std::vector<std::string> hosts;
    for (long i = 0; i < state.range(0); ++i) {
        hosts.push_back("api-" + std::to_string(i) + ".partner.example");
        world.pool().origin(hosts.back(), 443, nullptr, rules);
    }
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(&world.pool().origin(hosts[next], 443, nullptr, rules));
        if (++next == hosts.size()) next = 0;
    }
}
BENCHMARK(BM_FindOrigin)->Arg(1)->Arg(100)->Arg(10'000);

net::Task<void> lease_and_keep(
    upstream::UpstreamPool& pool, upstream::PooledOrigin& origin, benchmark::State& state
) {
    net::Task<upstream::UpstreamLease> opening = upstream::lease_new(pool, origin);
    upstream::UpstreamLease first = co_await opening;
    std::move(first).keep();
    for (auto _ : state) {
        upstream::UpstreamLease lease = pool.lease_idle(origin);
        std::move(lease).keep();
    }
}

/// Taking the idle connection of an origin, and giving it back.
void BM_LeaseAndKeep(benchmark::State& state) {
    const Partner partner;
    const tests::ScriptedServer server{partner.server(), upstream::answer_all};
    upstream::PoolWorld world;
    upstream::PooledOrigin& origin =
        world.origin(server.port(), partner.context("acme"), upstream::addresses::OriginRules{});
    world.loop().run(lease_and_keep(world.pool(), origin, state));
    world.pool().close_idle();
}
BENCHMARK(BM_LeaseAndKeep);

}  // namespace
}  // namespace countersign::proxy

BENCHMARK_MAIN();
