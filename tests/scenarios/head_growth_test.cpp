#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kLimit = 64 * kKiB;  // limits.header_bytes, where nothing else is said

/// Answers every request, and keeps the last one.
class Recorder {
public:
    explicit Recorder(const Partner& partner)
        : server{partner.server(), [this](Peer& peer) {
                     for (std::string got; !(got = peer.read_request()).empty();) {
                         const std::lock_guard lock{mutex_};
                         last_ = std::move(got);
                         peer.write(ok("answered"));
                     }
                 }} {}

    std::string last() {
        const std::lock_guard lock{mutex_};
        return last_;
    }

private:
    std::mutex mutex_;
    std::string last_;

public:
    ScriptedServer server;
};

/// `request_headers.set` with a token of that size, from a file.
std::string token_of(const Partner& partner, std::size_t size) {
    const auto file = partner.files().write("token", std::string(size, 't'));
    return "request_headers: { set: { X-Token: { file: " + file.string() + " } } }";
}

/// A GET whose head has exactly that many bytes.
std::string get_of(const std::string& authority, std::size_t size) {
    const std::size_t rest = absolute_get(authority, "/", "X-Fill: \r\n").size();
    return absolute_get(authority, "/", "X-Fill: " + std::string(size - rest, 'f') + "\r\n");
}

class OperatorsHeader : public testing::TestWithParam<std::size_t> {};

TEST_P(OperatorsHeader, ReachesTheServerWithEveryRequest) {
    const Partner partner;
    Recorder upstream{partner};
    const ProxyUnderTest proxy{
        partner.configuration(upstream.server.port(), token_of(partner, GetParam()))};
    HttpClient client = proxy.connect();
    const std::string token = "\r\nX-Token: " + std::string(GetParam(), 't') + "\r\n";

    for (int i = 0; i < 3; ++i) {
        const Response response =
            client.exchange(absolute_post(upstream.server.authority(), "/", "body"));

        EXPECT_EQ(response.status, 200) << response.body;
        EXPECT_NE(upstream.last().find(token), std::string::npos);
        EXPECT_TRUE(upstream.last().ends_with("\r\n\r\nbody"));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, OperatorsHeader, testing::Values(kKiB, 16 * kKiB, 60 * kKiB),
    [](const auto& row) { return std::to_string(row.param / kKiB) + "KiB"; }
);

TEST(HeaderLimit, LetsAHeadOfExactlyThatSizePassWithTheOperatorsHeaders) {
    const Partner partner;
    Recorder upstream{partner};
    const ProxyUnderTest proxy{
        partner.configuration(upstream.server.port(), token_of(partner, 48 * kKiB))};
    const std::string authority = upstream.server.authority();

    const Response at = proxy.exchange(get_of(authority, kLimit));
    const std::string passed = upstream.last();
    const Response above = proxy.exchange(get_of(authority, kLimit + 1));

    EXPECT_EQ(at.status, 200) << at.body;
    EXPECT_GT(passed.size(), kLimit + 47 * kKiB);
    EXPECT_NE(passed.find("\r\nX-Token: " + std::string(48 * kKiB, 't')), std::string::npos);
    EXPECT_EQ(above.status, 431);
}

TEST(HeaderLimit, HoldsForEachOfTwoRequestsThatComeAtOnce) {
    const Partner partner;
    Recorder upstream{partner};
    const ProxyUnderTest proxy{
        partner.configuration(upstream.server.port(), token_of(partner, 48 * kKiB))};
    const std::string request = get_of(upstream.server.authority(), kLimit);
    HttpClient client = proxy.connect();

    client.send(request + request);

    EXPECT_EQ(client.read_response().status, 200);
    EXPECT_EQ(client.read_response().status, 200);
}

TEST(HeaderCount, OfTheClientIsNotChargedWithWhatTheProxyAdds) {
    const Partner partner;
    const ProxyUnderTest proxy{partner.configuration(
        1, "connect_to: 127.0.0.1:1, request_headers: { set: { X-Token: t } }",
        "limits: { header_count: 2 }"
    )};

    const Response response =
        proxy.exchange(absolute_get("127.0.0.1:1", "/", "Accept: text/plain\r\n"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(response.field("Content-Type"), "text/plain; charset=utf-8");
}

/// A response whose head has exactly that many bytes, with a body behind it.
std::string response_of(std::size_t size, const std::string& fields) {
    const std::string front = "HTTP/1.1 302 Found\r\nContent-Length: 4\r\n" + fields + "X-Fill: ";
    return front + std::string(size - front.size() - 4, 'f') + "\r\n\r\nbody";
}

struct LargeResponseRow {
    std::string name;
    int locations;  ///< Location fields that lead to the upstream, each of which grows
    friend void PrintTo(const LargeResponseRow& row, std::ostream* out) { *out << row.name; }
};
class LargeResponseHead : public testing::TestWithParam<LargeResponseRow> {};

TEST_P(LargeResponseHead, AtTheLimitIsRewrittenAndPassesWhole) {
    const Partner partner;
    std::atomic<std::uint16_t> port = 0;
    const ScriptedServer server{
        partner.server(), [&](Peer& peer) {
            std::string locations;
            for (int i = 0; i < GetParam().locations; ++i) {
                locations += "Location: //localhost:" + std::to_string(port) + "/next\r\n";
            }
            while (!peer.read_request().empty()) peer.write(response_of(kLimit, locations));
        }};
    port = server.port();
    const ProxyUnderTest proxy{
        "listeners: [{ name: fixed, address: 127.0.0.1:0, profile: partner, rewrite: [location], "
        "upstream: \"localhost:" +
        std::to_string(port) + "\" }]\n" + partner.configuration(port)};
    const std::string name = std::string(60, 'l') + "." + std::string(60, 'o') + ".example:8080";
    HttpClient client = proxy.connect();

    for (int i = 0; i < 2; ++i) {
        const Response response = client.exchange(get("/", name));

        EXPECT_EQ(response.status, 302) << response.body;
        EXPECT_EQ(response.body, "body");
        EXPECT_EQ(response.field("Location"), "http://" + name + "/next");
        EXPECT_GT(response.head.size(), kLimit);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, LargeResponseHead,
    testing::Values(LargeResponseRow{"OneLocation", 1}, LargeResponseRow{"ManyLocations", 100}),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace countersign::tests
