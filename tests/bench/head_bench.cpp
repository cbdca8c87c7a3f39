#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "proxy/http/chunked.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/http/request_target.hpp"

// What one exchange costs in heads: read the request's, find the destination, write it for the
// upstream, read the response's, write it for the client. And a chunked body's walk.

namespace countersign::proxy {
namespace {

constexpr std::size_t kMaxFields = 128;

constexpr std::string_view kRequest =
    "GET http://api.partner.example/v1/ HTTP/1.1\r\n"
    "Host: api.partner.example\r\n"
    "User-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\n"
    "\r\n";

constexpr std::string_view kProxiedRequest =
    "GET http://api.partner.example/v1/accounts/42?expand=owner HTTP/1.1\r\n"
    "Host: api.partner.example\r\n"
    "User-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\n"
    "Proxy-Connection: Keep-Alive\r\n"
    "\r\n";

constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\n"
    "Server: nginx/1.22.1\r\n"
    "Date: Mon, 02 Jun 2025 10:00:00 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 200\r\n"
    "Last-Modified: Mon, 02 Jun 2025 09:00:00 GMT\r\n"
    "Connection: keep-alive\r\n"
    "ETag: \"683d6a10-c8\"\r\n"
    "Accept-Ranges: bytes\r\n"
    "\r\n";

void BM_ParseRequest(benchmark::State& state, std::string_view bytes) {
    http::Head head;
    for (auto _ : state) {
        benchmark::DoNotOptimize(bytes);
        benchmark::DoNotOptimize(http::parse_request_head(bytes, 0, kMaxFields, head));
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK_CAPTURE(BM_ParseRequest, Plain, kRequest);
BENCHMARK_CAPTURE(BM_ParseRequest, Proxied, kProxiedRequest);

void BM_ParseResponse(benchmark::State& state) {
    http::Head head;
    std::string_view bytes = kResponse;
    for (auto _ : state) {
        benchmark::DoNotOptimize(bytes);
        benchmark::DoNotOptimize(http::parse_response_head(bytes, 0, kMaxFields, false, head));
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_ParseResponse);

void BM_ParseDestination(benchmark::State& state) {
    http::Head head;
    http::Destination destination;
    http::parse_request_head(kProxiedRequest, 0, kMaxFields, head);
    for (auto _ : state) {
        benchmark::DoNotOptimize(http::parse_destination(head, destination));
        benchmark::ClobberMemory();
    }
}
BENCHMARK(BM_ParseDestination);

void BM_WriteRequest(benchmark::State& state) {
    http::Head head;
    std::string out;
    http::parse_request_head(kProxiedRequest, 0, kMaxFields, head);
    for (auto _ : state) {
        http::write_request_head(head, "/v1/accounts/42?expand=owner", "api.partner.example", out);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
}
BENCHMARK(BM_WriteRequest);

void BM_WriteResponse(benchmark::State& state) {
    http::Head head;
    std::string out;
    http::parse_response_head(kResponse, 0, kMaxFields, false, head);
    for (auto _ : state) {
        http::write_response_head(head, http::ResponseFraming::as_is, 1, true, out);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
}
BENCHMARK(BM_WriteResponse);

void BM_AllHeadsOfAnExchange(benchmark::State& state) {
    http::Head head;
    http::Destination destination;
    profiles::AuthorityText authority;
    std::string out;
    for (auto _ : state) {
        http::parse_request_head(kProxiedRequest, 0, kMaxFields, head);
        http::parse_destination(head, destination);
        authority = profiles::authority_text(destination.host, destination.port, 443);
        http::write_request_head(head, destination.path, authority, out);
        benchmark::DoNotOptimize(out.data());
        http::parse_response_head(kResponse, 0, kMaxFields, false, head);
        http::write_response_head(head, http::response_framing(head, 1), 1, true, out);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
}
BENCHMARK(BM_AllHeadsOfAnExchange);

/// 16 KiB of body in chunks of `range(0)` bytes, as one read gives it.
void BM_SkipChunked(benchmark::State& state) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", static_cast<std::size_t>(state.range(0)));
    const std::string chunk =
        size + std::string(static_cast<std::size_t>(state.range(0)), 'x') + "\r\n";
    std::string bytes;
    while (bytes.size() < 16384) bytes += chunk;
    http::ChunkedScanner scanner;
    for (auto _ : state) {
        benchmark::DoNotOptimize(scanner.skip(bytes));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_SkipChunked)->Arg(32)->Arg(1024)->Arg(8192);

}  // namespace
}  // namespace countersign::proxy

BENCHMARK_MAIN();
