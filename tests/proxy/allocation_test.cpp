#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>

#include "proxy/tls/openssl_memory.hpp"
#include "tests/proxy/client/session_world.hpp"

namespace {

/// Of this thread alone: the server of the test allocates as it likes.
thread_local std::size_t t_allocations = 0;

// OpenSSL takes another allocator only before its first allocation.
const bool kOpensslIsPooled = [] {
    const bool pooled = countersign::proxy::tls::pool_openssl_memory();
    countersign::proxy::tls::use_openssl_free_lists();
    return pooled;
}();

}  // namespace

// glibc's own names for what these replace, in the whole process: C++, C, OpenSSL.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);

void* malloc(std::size_t size) {
    ++t_allocations;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ++t_allocations;
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
    ++t_allocations;
    return __libc_realloc(memory, size);
}
}
namespace countersign::proxy {
namespace {

constexpr int kWarmUp = 2'000;
constexpr int kMeasured = 500;

net::Task<void> call_often(
    net::PlainStream& client, std::string request, std::string_view end, std::size_t& allocations
) {
    std::array<char, 32 * 1024> into;
    for (int i = 0; i < kWarmUp; ++i) co_await client::call(client, request, end, into);
    const std::size_t before = t_allocations;
    for (int i = 0; i < kMeasured; ++i) co_await client::call(client, request, end, into);
    allocations = t_allocations - before;
}

struct Row {
    const char* name;
    bool post;
    std::size_t answer_size;
    /// Where to: "off", a file, or a pipe that nobody reads.
    const char* access_log;
    const char* client;
    bool console = false;
};

class Pipe {
public:
    Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
    ~Pipe() {
        for (const int end : ends_) ::close(end);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    /// What `log.access` has to say for the sink of that name.
    std::string resolve(std::string_view sink, const std::filesystem::path& file) const {
        if (sink == "file") return file.string();
        if (sink == "pipe") return "/dev/fd/" + std::to_string(ends_[1]);
        return std::string{sink};
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

class KeptAliveExchange : public testing::TestWithParam<Row> {};

TEST_P(KeptAliveExchange, AllocatesNothingAfterWarmUp) {
    ASSERT_TRUE(kOpensslIsPooled);
    const Partner partner;
    profiles::Configuration configuration;
    configuration.certificates = {partner.trust(), partner.key_store("acme")};
    configuration.profiles = {Partner::profile("partner", {"127.0.0.1"}, "acme")};
    const std::string answer = tests::ok(std::string(GetParam().answer_size, 'x') + "answer");
    const tests::ScriptedServer server{partner.server(), [&](tests::Peer& peer) {
                                           while (!peer.read_request().empty()) peer.write(answer);
                                       }};
    const std::string authority = "127.0.0.1:" + std::to_string(server.port());
    const std::string body = GetParam().post ? R"({"order": 7})" : "";
    const std::string request =
        (GetParam().post ? "POST http://" : "GET http://") + authority +
        "/orders?customer=7 HTTP/1.1\r\nHost: " + authority +
        "\r\nAccept: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    configuration.console.enabled = GetParam().console;
    profiles::LogRules log_rules;
    const Pipe unread;
    log_rules.access = unread.resolve(GetParam().access_log, partner.directory() / "access.log");
    log::AccessLog log{log_rules};
    client::SessionWorld world{configuration, log};
    std::size_t allocations = 1;

    world.run(call_often(world.client(), request, "answer", allocations), GetParam().client);

    EXPECT_EQ(allocations, 0U) << "in " << kMeasured << " exchanges";
}

INSTANTIATE_TEST_SUITE_P(
    Table, KeptAliveExchange,
    testing::Values(
        Row{"get", false, 100, "off", ""}, Row{"get_with_access_log", false, 100, "file", ""},
        Row{"of_a_far_client_with_access_log", false, 100, "file", "192.168.100.200"},
        Row{"of_an_ipv6_client_with_access_log", false, 100, "file", "2001:db8:1234:5678::9abc"},
        Row{"with_an_access_log_that_nobody_reads", false, 100, "pipe", ""},
        Row{"get_with_console", false, 100, "off", "192.168.100.200", true},
        Row{"get_with_both", false, 100, "file", "2001:db8:1234:5678::9abc", true},
        Row{"post", true, 100, "off", ""}, Row{"full_record", false, 15'000, "off", ""}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy
