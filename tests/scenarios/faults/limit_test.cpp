// Who stalls is ended by a limit. By which one is told to the client, where it has nothing of an
// answer yet, and to the log in any case; the access log and the metrics have each stall once, as
// whose it was.
#include <algorithm>
#include <utility>

#include "tests/scenarios/faults/fault_test.hpp"

namespace countersign::tests::faults {
namespace {

/// A stall, and what is said of it.
struct Stall {
    std::string_view name;
    bool of_server;
    Step step;
    int status;  ///< that the client sees; the response that it belongs to is cut where it is 200
    std::string_view error;
    std::string_view side;
    std::string_view limit;  ///< in the reason, which the client is told or the log
};
constexpr std::array kStalls{
    Stall{
        "NoAnswer", true, Step::before_head, 504, "http_response_timeout", "upstream",
        "took the request, and did not answer within 2s (timeouts.response_header)."},
    Stall{
        "HalfAHead", true, Step::in_head, 504, "http_response_timeout", "upstream",
        "began its response, and did not finish the head within 2s (timeouts.response_header)."},
    Stall{
        "NoBody", true, Step::before_body, 200, "http_response_timeout", "upstream",
        "fell silent in the middle of its response for 2s (timeouts.response_idle)."},
    Stall{
        "HalfABody", true, Step::in_body, 200, "http_response_timeout", "upstream",
        "fell silent in the middle of its response for 2s (timeouts.response_idle)."},
    Stall{
        "HalfARequestHead", false, Step::in_head, 408, "http_request_error", "client",
        "The request's head was not complete within limits.client_head (2s)."},
    Stall{
        "NoRequestBody", false, Step::before_body, 408, "http_request_error", "client",
        "raise timeouts.request_idle of the profile, which is the limit."},
    Stall{
        "HalfARequestBody", false, Step::in_body, 408, "http_request_error", "client",
        "raise timeouts.request_idle of the profile, which is the limit."},
};

struct StallCase {
    const Stall* stall;
    Body body;
    bool reused;
    std::size_t number;
    std::string path() const {
        const Fault fault{Act::stall, stall->step, body};
        return "/" + fault.code() + (stall->of_server ? "s" : "c") + std::to_string(number);
    }
    std::string text() const {
        std::string text{stall->name};
        text += ", ";
        text += name(body);
        return text + (reused ? ", reused" : ", fresh");
    }
};

std::vector<StallCase> stall_cases() {
    std::vector<StallCase> all;
    for (const Stall& stall : kStalls) {
        for (const Body body : {Body::length, Body::chunked}) {
            for (const bool reused : {false, true}) {
                for (int i = 0; i < 3; ++i) all.push_back({&stall, body, reused, all.size()});
            }
        }
    }
    return all;
}

class Limit : public FaultTest {
protected:
    bool serve(Peer& peer, const std::string& head) {
        const std::string path = path_of(head);
        if (path[4] == 's') return !fail_as_server(peer, Fault::of(path.substr(1)));
        return read_body(peer, head) && peer.write(ok("good"));
    }
    HttpClient begin(const StallCase& one) const {
        HttpClient client = world_.connect();
        const std::string host = world_.authority(one.reused);
        if (one.reused) client.exchange(absolute_get(host, "/good"));
        if (one.stall->of_server) {
            client.send(absolute_get(host, one.path()));
            return client;
        }
        const Message request = message(
            "POST http://" + host + one.path() + " HTTP/1.1\r\nHost: " + host + "\r\n", one.body
        );
        client.send(std::string_view{request.bytes()}.substr(0, part(request, one.stall->step)));
        return client;
    }
    /// Where the head was read, so that there is an exchange of a profile.
    static bool has_profile(const Stall& stall) {
        return stall.of_server || stall.step > Step::in_head;
    }

    FaultWorld world_{
        GetParam(), [this](Peer& peer, const std::string& head) { return serve(peer, head); }};
};

TEST_P(Limit, ThatFiresIsTheOneThatIsTold) {
    const auto all = stall_cases();

    world_.run(all, [&](const StallCase& one) -> std::string {
        const Stall& stall = *one.stall;
        HttpClient client = begin(one);
        const Response got = client.read_response();
        if (got.status != stall.status) return "status " + std::to_string(got.status);
        if (got.status == 200) return got.complete ? "a part as the whole" : "";
        if (proxy_error(got) != stall.error) return "error " + proxy_error(got);
        return got.body.find(stall.limit) == got.body.npos ? "reason: " + got.body : "";
    });

    for (const StallCase& one : all) {
        const std::string error = "error=" + std::string{one.stall->error};
        const std::string side = "side=" + std::string{one.stall->side};
        if (!has_profile(*one.stall)) continue;
        world_.proxy().access_line_with({one.path() + " ", error, side});
    }
    for (const std::string_view profile : {"fresh", "reused"}) {
        for (const auto& [error, side] :
             {std::pair{"http_response_timeout", "upstream"}, {"http_request_error", "client"}}) {
            const auto expected = std::count_if(all.begin(), all.end(), [&](const StallCase& one) {
                return one.reused == (profile == "reused") && one.stall->error == error &&
                       has_profile(*one.stall);
            });
            std::string name = "countersign_exchange_failures_total{profile=\"";
            ((name += profile) += "\",error=\"") += error;
            ((name += "\",side=\"") += side) += "\"}";
            EXPECT_EQ(world_.metric(name), static_cast<double>(expected)) << name;
        }
    }
}

/// The log tells the first of many alike, so these are by themselves.
TEST_P(Limit, ThatCutsAResponseIsToldByTheLog) {
    auto all = stall_cases();
    std::erase_if(all, [](const StallCase& one) { return one.stall->status != 200; });

    world_.run(all, [&](const StallCase& one) -> std::string {
        // On a busy machine another limit may come first, and the answer to it is whole.
        const Response got = begin(one).read_response();
        return got.status == 200 && got.complete ? "a part as the whole" : "";
    });

    for (const std::string profile : {"'fresh'", "'reused'"}) {
        const std::string line = world_.proxy().log_line_with({profile, "http_response_timeout"});
        EXPECT_NE(line.find(all.front().stall->limit), line.npos) << line;
    }
}

INSTANTIATE_TEST_SUITE_P(Faults, Limit, all_settings(), name_of);

}  // namespace
}  // namespace countersign::tests::faults
