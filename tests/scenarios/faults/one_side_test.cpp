// One side does one thing at one step of an exchange, for every framing of the body, on a fresh and
// on a reused connection. What the client has is the whole of what the server sent, or shows that
// it is not.
#include "tests/scenarios/faults/fault_test.hpp"

namespace countersign::tests::faults {
namespace {

struct OneSideCase {
    Fault fault;
    bool reused;
    std::string text() const { return fault.text() + (reused ? ", reused" : ", fresh"); }
};

template <class Bodies>
std::vector<OneSideCase> one_side_cases(const Bodies& bodies) {
    std::vector<OneSideCase> all;
    for (const Act act : kActs) {
        for (const Step step : kSteps) {
            for (const Body body : bodies) {
                for (const bool reused : {false, true}) all.push_back({{act, step, body}, reused});
            }
        }
    }
    return all;
}

class OfOneSide : public FaultTest {
protected:
    /// "/s213": the server's fault; "/c213": the client's.
    bool serve(Peer& peer, const std::string& head) {
        const std::string path = path_of(head);
        const Fault fault = Fault::of(path.substr(2));
        if (path[1] == 's') return !fail_as_server(peer, fault);
        const auto body = read_body(peer, head);
        if (!body) return false;
        if (*body != message("", fault.body).body) {
            world_.findings().add(fault.text() + ": a part arrived whole");
        }
        return peer.write(ok("good"));
    }

    FaultWorld world_{
        GetParam(), [this](Peer& peer, const std::string& head) { return serve(peer, head); }};
};

std::string of_the_server(const Fault& fault, const Response& got) {
    const std::optional<std::string> whole = whole_of(fault);
    if (got.complete && got.status == 200) {
        if (whole && got.body == *whole) return {};
        return "passed on as whole: '" + got.body + "'";
    }
    // A reset may overtake what was sent before it.
    if (whole && fault.act != Act::reset) return "not whole, " + std::to_string(got.status);
    if (got.status == 200 && fault.step >= Step::before_body) return {};
    const int expected = fault.act == Act::stall ? 504 : 502;
    if (got.status == expected && !proxy_error(got).empty()) return {};
    return "status " + std::to_string(got.status) + " '" + proxy_error(got) + "'";
}

TEST_P(OfOneSide, TheServersShowsAndLeavesNothing) {
    world_.run(one_side_cases(kBodies), [&](const OneSideCase& one) {
        HttpClient client = world_.connect();
        const std::string host = world_.authority(one.reused);
        if (one.reused) client.exchange(absolute_get(host, "/good"));
        return of_the_server(
            one.fault, client.exchange(absolute_get(host, "/s" + one.fault.code()))
        );
    });
}

TEST_P(OfOneSide, TheClientsReachesNobodyAndLeavesNothing) {
    world_.run(one_side_cases(kRequestBodies), [&](const OneSideCase& one) -> std::string {
        const Fault& fault = one.fault;
        HttpClient client = world_.connect();
        const std::string host = world_.authority(one.reused);
        if (one.reused) client.exchange(absolute_get(host, "/good"));
        std::string start = "POST http://" + host + "/c" + fault.code();
        start += " HTTP/1.1\r\nHost: " + host + "\r\n";
        const Message request = message(start, fault.body);
        client.send(std::string_view{request.bytes()}.substr(0, part(request, fault.step)));
        if (fault.act == Act::reset) reset_at_close(client);
        if (fault.act == Act::reset || fault.act == Act::close) return {};
        if (fault.act == Act::garbage) {
            client.send(kGarbage);
            client.finish_sending();
        }
        const bool is_whole = fault.step == Step::after ||
                              (fault.body == Body::none && fault.step >= Step::before_body);
        const std::string answer = client.read_until_close();
        if (is_whole) return answer.starts_with("HTTP/1.1 200") ? "" : "no answer: " + answer;
        const bool late = fault.act == Act::stall && fault.step != Step::before_head;
        if (late && !answer.starts_with("HTTP/1.1 408")) return "no 408: " + answer;
        return answer.starts_with("HTTP/1.1 200") ? "an answer to a part" : "";
    });
}

INSTANTIATE_TEST_SUITE_P(Faults, OfOneSide, all_settings(), name_of);

}  // namespace
}  // namespace countersign::tests::faults
