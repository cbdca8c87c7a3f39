#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenarios/explained.hpp"
#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

struct Asked {
    std::string method;
    std::string url;
    std::vector<std::string> headers;
};

constexpr const char* kWrong = "Proxy-Authorization: Basic YmlsbGluZzp3cm9uZw==";

/// One configuration, served and explained: on the same address, with the port that it got.
class Both {
public:
    /// `rules`: what stands beside the listener's name and address.
    Both(const std::string& address, const std::string& rules, const std::string& more)
        : proxy_{listener(address, 0, rules) + more},
          file_{directory_.write(
              "countersign.yaml", listener(address, proxy_.port(), rules) + more
          )} {}

    std::uint16_t port() const { return proxy_.port(); }

    /// The status of the answer.
    int served(const Asked& asked) const {
        const std::size_t scheme = asked.url.find("://");
        std::string host = asked.url.substr(scheme == std::string::npos ? 0 : scheme + 3);
        host.resize(std::min(host.find('/'), host.size()));
        std::string head = asked.method + " " + asked.url + " HTTP/1.1\r\nHost: " + host + "\r\n";
        for (const std::string& header : asked.headers) head += header + "\r\n";
        return proxy_.exchange(head + "\r\n").status;
    }

    Explained found(const Asked& asked) const {
        std::vector<std::string> arguments{asked.url, "--method", asked.method};
        for (const std::string& header : asked.headers) {
            arguments.insert(arguments.end(), {"--header", header});
        }
        Explained found = explain(file_, arguments);
        EXPECT_EQ(found.status, found.value("refused").empty() ? 0 : 1)
            << found.text << found.errors;
        return found;
    }

    /// The status that it would be refused with; 0 where it would not.
    int explained(const Asked& asked) const {
        const std::string refused = found(asked).value("refused");
        return refused.empty() ? 0 : std::stoi(refused);
    }

private:
    static std::string listener(
        const std::string& address, std::uint16_t port, const std::string& rules
    ) {
        return "listeners: [{ name: apps, address: \"" + address + ":" + std::to_string(port) +
               "\"" + rules + " }]\n";
    }

    TempDir directory_;
    ProxyUnderTest proxy_;
    std::filesystem::path file_;
};

TEST(ExplainBesideRun, RefusesTheProxyItselfByNameToo) {
    const Both both{"0.0.0.0", ", allow: [127.0.0.1]", "unmatched: tls\n"};
    const std::string port = std::to_string(both.port());

    std::vector<std::string> hosts = own_addresses();
    hosts.insert(hosts.end(), {"127.0.0.1", "localhost", "countersign.localhost"});
    for (const std::string& host : hosts) {
        const Asked asked{"GET", "http://" + host + ":" + port + "/", {}};
        EXPECT_EQ(both.served(asked), 403) << host;
        EXPECT_EQ(both.explained(asked), 403) << host;
    }
}

/// Whether ::1 is left depends on what this machine's hosts file has.
TEST(ExplainBesideRun, KnowsTheAddressesOfLocalhost) {
    const Both both{"127.0.0.1", "", "unmatched: tls\n"};
    const Asked asked{"GET", "http://localhost:" + std::to_string(both.port()) + "/", {}};
    const Asked any{"GET", "http://" + both_loopbacks(both.port()) + "/", {}};

    EXPECT_EQ(both.explained(asked) == 403, both.served(asked) == 403);
    EXPECT_EQ(both.served(any), 502);
    EXPECT_EQ(both.explained(any), 0);
}

TEST(ExplainBesideRun, HoldsAHeadAndADeclaredBodyToTheLimits) {
    const ClosedPort nobody;
    const Both both{
        "127.0.0.1", "",
        "unmatched: tls\nlimits: { header_bytes: 1KiB, header_count: 10, body_bytes: 1KiB }\n"};
    const std::string url = "http://127.0.0.1:" + std::to_string(nobody.port()) + "/";
    const std::string large = "X-Large: " + std::string(1024, 'x');

    for (const auto& [headers, status] : std::vector<std::pair<std::vector<std::string>, int>>{
             {{large}, 431},
             {std::vector<std::string>(10, "X: y"), 431},
             {{"Content-Length: 1025"}, 413},
             {{"Content-Length: x"}, 400},
             {{"Content-Length: 1", "Transfer-Encoding: chunked"}, 400}}) {
        const Asked asked{"POST", url, headers};
        EXPECT_EQ(both.served(asked), status) << headers.back();
        EXPECT_EQ(both.explained(asked), status) << headers.back();
    }
    for (const std::vector<std::string>& headers :
         {std::vector<std::string>(9, "X: y"), {"X: " + std::string(900, 'x')}}) {
        const Asked asked{"POST", url, headers};
        EXPECT_EQ(both.served(asked), 502) << headers.back();
        EXPECT_EQ(both.explained(asked), 0) << headers.back();
    }
    EXPECT_EQ(both.explained({"POST", url, {"Content-Length: 1024"}}), 0);
}

TEST(ExplainBesideRun, AnswersWhatEndsWithTheProxy) {
    const ClosedPort nobody;
    const Both both{"127.0.0.1", "", "unmatched: tls\nlimits: { body_bytes: 1KiB }\n"};
    const std::string url = "http://127.0.0.1:" + std::to_string(nobody.port()) + "/";

    for (const std::string method : {"OPTIONS", "TRACE"}) {
        EXPECT_EQ(both.served({method, url, {"Max-Forwards: 0"}}), 200) << method;
        const Explained found = both.found({method, url, {"Max-Forwards: 0"}});
        EXPECT_TRUE(found.value("answered").starts_with("200 OK, by the proxy itself"))
            << found.text;
        EXPECT_EQ(found.value("dials") + found.value("identity"), "") << found.text;
        EXPECT_EQ(both.served({method, url, {"Max-Forwards: 1"}}), 502) << method;
        EXPECT_EQ(both.found({method, url, {"Max-Forwards: 1"}}).value("answered"), "") << method;
    }
    const Asked too_large{"OPTIONS", url, {"Max-Forwards: 0", "Content-Length: 1025"}};
    EXPECT_EQ(both.served(too_large), 413);
    EXPECT_EQ(both.explained(too_large), 413);
    EXPECT_EQ(both.found(too_large).value("answered"), "");
}

TEST(ExplainBesideRun, RefusesAConnectWithWrongCredentials) {
    const std::string client = "clients: [{ name: billing, password: right }]\n";
    const Both tunnels{"127.0.0.1", "", client + local_tunnels()};
    const Both none{"127.0.0.1", "", client};
    const Asked asked{"CONNECT", "127.0.0.1:443", {kWrong}};

    EXPECT_EQ(tunnels.served(asked), 407);
    EXPECT_EQ(tunnels.explained(asked), 407);
    // Where nobody gets a tunnel, nothing else of a CONNECT is looked at.
    EXPECT_EQ(none.served(asked), 403);
    EXPECT_EQ(none.explained(asked), 403);
}

TEST(ExplainBesideRun, RefusesAConnectThatAnnouncesABody) {
    const Both both{"127.0.0.1", "", local_tunnels()};
    const Asked asked{"CONNECT", "127.0.0.1:443", {"Content-Length: 5"}};

    EXPECT_EQ(both.served(asked), 400);
    EXPECT_EQ(both.explained(asked), 400);
}

}  // namespace
}  // namespace countersign::tests
