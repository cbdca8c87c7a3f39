#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <iterator>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/operator.hpp"
#include "tests/scenarios/scenario.hpp"

// One side does one thing at one step of an exchange, for every framing of the body, on a fresh and
// on a reused connection, over each version of TLS, from TCP and from a Unix socket. What the
// client has is the whole of what the server sent, or shows that it is not; afterwards the proxy
// serves, and holds nothing.

namespace countersign::tests {
namespace {

enum class Act { reset, stall, close, garbage };
constexpr std::array kActs{Act::reset, Act::stall, Act::close, Act::garbage};
constexpr std::array<std::string_view, 4> kActNames{"reset", "stall", "close", "garbage"};

enum class Step { before_head, in_head, before_body, in_body, after };
constexpr std::array kSteps{
    Step::before_head, Step::in_head, Step::before_body, Step::in_body, Step::after};
constexpr std::array<std::string_view, 5> kStepNames{
    "before the head", "within the head", "before the body", "within the body", "after it"};
enum class Body { none, length, chunked, until_close };
constexpr std::array<std::string_view, 4> kBodyNames{"no body", "length", "chunked", "until close"};

constexpr std::string_view kContent = "the content of a message, of which each octet counts";
constexpr std::size_t kHere = 20;  // of the body, where something happens within it
constexpr std::string_view kGarbage = "\x01\x02 garbage \r\n\r\n\xff";

/// The head and the body of a message as they stand on the wire.
struct Message {
    std::string head;
    std::string body;
};

Message message(std::string start, Body body) {
    switch (body) {
        case Body::none:
            return {start + "Content-Length: 0\r\n\r\n", {}};
        case Body::length:
            return {
                start + "Content-Length: " + std::to_string(kContent.size()) + "\r\n\r\n",
                std::string{kContent}};
        case Body::chunked: {
            std::ostringstream chunk;
            chunk << std::hex << kContent.size() << "\r\n" << kContent << "\r\n0\r\n\r\n";
            return {start + "Transfer-Encoding: chunked\r\n\r\n", chunk.str()};
        }
        case Body::until_close:
            return {start + "\r\n", std::string{kContent}};
    }
    return {};
}

std::size_t part(const Message& message, Step step) {
    switch (step) {
        case Step::before_head:
            return 0;
        case Step::in_head:
            return message.head.size() / 2;
        case Step::before_body:
            return message.head.size();
        case Step::in_body:
            return message.head.size() + std::min(kHere, message.body.size());
        default:
            return message.head.size() + message.body.size();
    }
}

struct Case {
    Act act;
    Step step;
    Body body;
    bool reused;

    std::string text() const {
        return std::string{kActNames[static_cast<std::size_t>(act)]} + ' ' +
               std::string{kStepNames[static_cast<std::size_t>(step)]} + ", " +
               std::string{kBodyNames[static_cast<std::size_t>(body)]} +
               (reused ? ", reused" : ", fresh");
    }
    /// "/213": act, step and body.
    std::string path() const {
        std::string path{"/"};
        for (const int part :
             {static_cast<int>(act), static_cast<int>(step), static_cast<int>(body)}) {
            path += std::to_string(part);
        }
        return path;
    }
    static Case of(std::string_view path) {
        const auto at = [&](std::size_t i) { return path.at(i) - '0'; };
        return {static_cast<Act>(at(1)), static_cast<Step>(at(2)), static_cast<Body>(at(3)), false};
    }
};

std::vector<Case> cases(std::vector<Body> bodies) {
    std::vector<Case> all;
    for (const Act act : kActs) {
        for (const Step step : kSteps) {
            for (const Body body : bodies) {
                for (const bool reused : {false, true}) all.push_back({act, step, body, reused});
            }
        }
    }
    return all;
}

/// The content that the server's answer has as a whole; none: it is not whole.
std::optional<std::string> whole_of(const Case& fault) {
    if (fault.step < Step::before_body) return std::nullopt;
    if (fault.body == Body::none) return std::string{};
    if (fault.body == Body::until_close) {
        if (fault.act != Act::garbage) return std::nullopt;  // no close that TLS announces
        const Message answer = message("", fault.body);
        return answer.body.substr(0, part(answer, fault.step) - answer.head.size()) +
               std::string{kGarbage};
    }
    if (fault.step != Step::after) return std::nullopt;
    return std::string{kContent};
}

/// False where the connection can serve on: who stalls behind a whole answer has nothing to stall.
bool fail_as_server(Peer& peer, const Case& fault) {
    const Message answer = message("HTTP/1.1 200 OK\r\n", fault.body);
    const std::string bytes = answer.head + answer.body;
    peer.write(std::string_view{bytes}.substr(0, part(answer, fault.step)));
    switch (fault.act) {
        case Act::reset:
            peer.cut();
            return true;
        case Act::stall:
            if (whole_of(fault)) return false;
            while (!peer.read_some().empty()) continue;
            return true;
        case Act::close:
            peer.close_without_notice();
            return true;
        case Act::garbage:
            peer.write(kGarbage);
            peer.close_cleanly();
            return true;
    }
    return true;
}

std::size_t descriptors(const ProxyUnderTest& proxy) {
    const std::filesystem::path path{"/proc/" + std::to_string(proxy.process().pid()) + "/fd"};
    const std::filesystem::directory_iterator all{path};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct Setting {
    std::string name;
    int version;
    bool unix_socket;
    friend void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }
};

class FaultMatrix : public testing::TestWithParam<Setting> {
protected:
    FaultMatrix() { wait_until_ready(proxy_); }

    HttpClient connect() const {
        return GetParam().unix_socket ? HttpClient::unix_socket(socket_) : proxy_.connect();
    }
    std::string authority(const Case& fault) const {
        return (fault.reused ? reused_ : fresh_).authority();
    }
    /// Each of `all`, some side by side; behind each the proxy serves.
    template <class Try>
    void run(const std::vector<Case>& all, const Try& try_one) {
        static constexpr int kSideBySide = 24;
        std::atomic<std::size_t> next = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < kSideBySide; ++i) {
            threads.emplace_back([&] {
                for (std::size_t at = next++; at < all.size(); at = next++) {
                    std::string wrong;
                    try {
                        wrong = try_one(all[at]);
                        const std::string good = absolute_get(authority(all[at]), "/good");
                        if (connect().exchange(good).body != "good") wrong += " does not serve;";
                    } catch (const std::exception& error) {
                        wrong += error.what();
                    }
                    if (!wrong.empty()) note(all[at].text() + ": " + wrong);
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        for (const std::string& line : wrong_) ADD_FAILURE() << line;
        expect_nothing_held();
    }
    void note(const std::string& line) {
        const std::lock_guard lock{mutex_};
        wrong_.push_back(line);
    }
    void expect_nothing_held() const {
        wait_until("the proxy holds nothing", [&] {
            const std::string page =
                ask_admin(proxy_.admin_port(), "GET", "/metrics", bearer()).body;
            const auto none = [&](std::string_view name) {
                return page.find('\n' + std::string{name} + " 0\n") != page.npos;
            };
            return none("countersign_client_connections") &&
                   none("countersign_upstream_connections{state=\"active\"}") &&
                   none("countersign_upstream_connections{state=\"opening\"}") &&
                   none("countersign_upstream_connections{state=\"idle\"}");
        });
        // The connection of who asked may not be closed yet.
        wait_until("all descriptors are given back", [&] {
            return descriptors(proxy_) <= at_rest_ + 1;
        });
    }

    void serve(Peer& peer) {
        for (;;) {
            const std::string request = peer.read_request();
            if (request.empty()) return;
            const std::string path = request.substr(request.find('/'), 6);
            if (path.starts_with("/good")) {
                peer.write(ok("good"));
            } else if (path.starts_with("/c")) {
                const Case sent = Case::of(path.substr(2));
                const std::string body = request.substr(request.find("\r\n\r\n") + 4);
                if (body != message("", sent.body).body)
                    note(sent.text() + ": a part arrived whole");
                peer.write(ok("good"));
            } else if (fail_as_server(peer, Case::of(path))) {
                return;
            }
        }
    }

    std::string yaml() const {
        std::string text = partner_.certificates() + "profiles:\n";
        const auto profile = [&](const std::string& name, const ScriptedServer& server,
                                 const std::string& pool) {
            text += "  - { name: " + name + ", hosts: [127.0.0.1], ports: [";
            text += std::to_string(server.port()) + "], key_store: alice, trust: [partner-ca], ";
            text += "timeouts: { request_idle: 2s, response_header: 2s, response_idle: 2s }, ";
            text += "pool: { " + pool + " } }\n";
        };
        profile("fresh", fresh_, "max_idle: 0");
        profile("reused", reused_, "idle_timeout: 2s");
        text += "limits: { client_idle: 2s, client_head: 2s }\nworkers: 2\n";
        text += "listeners:\n  - { name: apps, address: 127.0.0.1:0 }\n";
        text += "  - { name: local, address: \"unix:" + socket_.string() + "\" }\n";
        return text + admin_with_token(partner_);
    }
    ScriptedServer::Options options() const {
        ScriptedServer::Options options = partner_.strict_server();
        options.min_version = options.max_version = GetParam().version;
        return options;
    }

    const Partner partner_;
    const std::filesystem::path socket_ = partner_.files() / "apps.sock";
    std::mutex mutex_;
    std::vector<std::string> wrong_;
    const ScriptedServer fresh_{options(), [this](Peer& peer) { serve(peer); }};
    const ScriptedServer reused_{options(), [this](Peer& peer) { serve(peer); }};
    const ProxyUnderTest proxy_{yaml()};
    const std::size_t at_rest_ = descriptors(proxy_);
};

TEST_P(FaultMatrix, OfTheServerShowsAndLeavesNothing) {
    const auto all = cases({Body::none, Body::length, Body::chunked, Body::until_close});

    run(all, [&](const Case& fault) -> std::string {
        HttpClient client = connect();
        if (fault.reused) client.exchange(absolute_get(authority(fault), "/good"));
        const Response got = client.exchange(absolute_get(authority(fault), fault.path()));
        const std::optional<std::string> whole = whole_of(fault);
        if (got.complete && got.status == 200) {
            if (whole && got.body == *whole) return {};
            return "passed on as whole: '" + got.body + "'";
        }
        // A reset may overtake what was sent before it.
        if (whole && fault.act != Act::reset) return "not whole, " + std::to_string(got.status);
        if (got.status == 200 && fault.step >= Step::before_body) return {};
        const int expected = fault.act == Act::stall ? 504 : 502;
        if (got.status != expected || proxy_error(got).empty()) {
            return "status " + std::to_string(got.status) + " '" + proxy_error(got) + "'";
        }
        return {};
    });
}

TEST_P(FaultMatrix, OfTheClientReachesNobodyAndLeavesNothing) {
    run(cases({Body::none, Body::length, Body::chunked}), [&](const Case& fault) -> std::string {
        HttpClient client = connect();
        if (fault.reused) client.exchange(absolute_get(authority(fault), "/good"));
        std::string start = "POST http://" + authority(fault) + "/c" + fault.path();
        start += " HTTP/1.1\r\nHost: " + authority(fault) + "\r\n";
        const Message request = message(start, fault.body);
        const std::string bytes = request.head + request.body;
        client.send(std::string_view{bytes}.substr(0, part(request, fault.step)));
        const bool is_whole = fault.step == Step::after ||
                              (fault.body == Body::none && fault.step >= Step::before_body);
        switch (fault.act) {
            case Act::reset: {
                const linger at_once{.l_onoff = 1, .l_linger = 0};
                setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
                return {};
            }
            case Act::close:
                client.finish_sending();
                break;
            case Act::garbage:
                client.send(kGarbage);
                client.finish_sending();
                break;
            case Act::stall:
                break;
        }
        const std::string answer = client.read_until_close();
        if (is_whole) return answer.starts_with("HTTP/1.1 200") ? "" : "no answer: " + answer;
        const bool late = fault.act == Act::stall && fault.step != Step::before_head;
        if (late && !answer.starts_with("HTTP/1.1 408")) return "no 408: " + answer;
        return answer.starts_with("HTTP/1.1 200") ? "an answer to a part" : "";
    });
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, FaultMatrix,
    testing::Values(
        Setting{"Tls12Tcp", TLS1_2_VERSION, false}, Setting{"Tls12Unix", TLS1_2_VERSION, true},
        Setting{"Tls13Tcp", TLS1_3_VERSION, false}, Setting{"Tls13Unix", TLS1_3_VERSION, true}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace countersign::tests
