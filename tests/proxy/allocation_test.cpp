#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>

#include "tests/proxy/session_world.hpp"

namespace {

/// Of this thread alone: the server of the test allocates as it likes.
thread_local std::size_t t_allocations = 0;
thread_local std::size_t t_of_openssl = 0;

void* counted_malloc(std::size_t size, const char*, int) {
    ++t_of_openssl;
    return std::malloc(size);
}
void* counted_realloc(void* memory, std::size_t size, const char*, int) {
    ++t_of_openssl;
    return std::realloc(memory, size);
}
void plain_free(void* memory, const char*, int) { std::free(memory); }

// OpenSSL takes these only before its first allocation.
const bool kOpensslIsCounted =
    CRYPTO_set_mem_functions(counted_malloc, counted_realloc, plain_free) == 1;

}  // namespace

// Not inline, or g++ sees free() meet operator new.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++t_allocations;
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++t_allocations;
    return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace countersign::proxy {
namespace {

constexpr int kWarmUp = 2'000;
constexpr int kMeasured = 500;

/// What OpenSSL 3.0 takes for its own book-keeping to write a TLS 1.3 record (three) and to read
/// one. It gives each back at once.
constexpr std::size_t kOpensslPerExchange = 4;

struct Allocations {
    std::size_t ours = 1;
    std::size_t of_openssl = SIZE_MAX;
};

Task<void> call_often(
    ClientStream& client, std::string request, std::string_view end, Allocations& allocations
) {
    std::array<char, 32 * 1024> into;
    for (int i = 0; i < kWarmUp; ++i) co_await call(client, request, end, into);
    const std::size_t ours = t_allocations;
    const std::size_t of_openssl = t_of_openssl;
    for (int i = 0; i < kMeasured; ++i) co_await call(client, request, end, into);
    allocations = {t_allocations - ours, t_of_openssl - of_openssl};
}

struct Row {
    const char* name;
    bool post;
    std::size_t answer_size;
    /// Where to: "off", a file, or a pipe that nobody reads.
    const char* access_log;
    const char* client;
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
    ASSERT_TRUE(kOpensslIsCounted);
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
    profiles::LogRules log_rules;
    const Pipe unread;
    log_rules.access = unread.resolve(GetParam().access_log, partner.directory() / "access.log");
    AccessLog log{log_rules};
    SessionWorld world{configuration, log};
    Allocations allocations;

    world.run(call_often(world.client(), request, "answer", allocations), GetParam().client);

    EXPECT_EQ(allocations.ours, 0U) << "in " << kMeasured << " exchanges";
    EXPECT_LE(allocations.of_openssl, kOpensslPerExchange * kMeasured);
}

INSTANTIATE_TEST_SUITE_P(
    Table, KeptAliveExchange,
    testing::Values(
        Row{"get", false, 100, "off", ""}, Row{"get_with_access_log", false, 100, "file", ""},
        Row{"of_a_far_client_with_access_log", false, 100, "file", "192.168.100.200"},
        Row{"of_an_ipv6_client_with_access_log", false, 100, "file", "2001:db8:1234:5678::9abc"},
        Row{"with_an_access_log_that_nobody_reads", false, 100, "pipe", ""},
        Row{"post", true, 100, "off", ""}, Row{"full_record", false, 15'000, "off", ""}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy
