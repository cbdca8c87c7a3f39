#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "proxy/log/access_log.hpp"

// What the line of one exchange costs the worker that writes it, without the disk.

namespace countersign::proxy {
namespace {

ExchangeRecord usual_exchange() {
    ExchangeRecord record;
    record.time =
        std::chrono::system_clock::time_point{std::chrono::milliseconds{1'795'000'000'123}};
    record.client = "127.0.0.1:50412";
    record.method = "GET";
    record.host = "api.partner.example";
    record.port = 443;
    record.path = "/v1/accounts/42?expand=owner";
    record.profile = "partner";
    record.identity = "CN=acme-client, O=Acme";
    record.tls_version = "TLSv1.3";
    record.reused = true;
    record.status = 200;
    record.bytes_out = 512;
    record.wait = std::chrono::microseconds{812};
    record.total = std::chrono::microseconds{871};
    return record;
}

void BM_AccessLine(benchmark::State& state, profiles::LogFormat format) {
    profiles::LogRules rules;
    rules.format = format;
    ExchangeRecord record = usual_exchange();
    std::string lines;
    lines.reserve(std::size_t{128} << 10);
    for (auto _ : state) {
        if (lines.size() > (std::size_t{64} << 10)) lines.clear();
        record.time += std::chrono::microseconds{10};
        benchmark::DoNotOptimize(record);
        log::append_access_line(lines, record, rules);
        benchmark::ClobberMemory();
    }
    lines.clear();
    log::append_access_line(lines, record, rules);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(lines.size()));
}
BENCHMARK_CAPTURE(BM_AccessLine, Text, profiles::LogFormat::text);
BENCHMARK_CAPTURE(BM_AccessLine, Json, profiles::LogFormat::json);

}  // namespace
}  // namespace countersign::proxy

BENCHMARK_MAIN();
