// A client that ends its sending half (FIN) and waits: behind a whole request it gets the whole
// answer, within one it gets none, and no limit has to see to that.
#include "tests/scenarios/faults/fault_test.hpp"

namespace countersign::tests::faults {
namespace {

struct HalfCloseCase {
    Step step;
    Body request;
    Body response;
    bool reused;
    std::string text() const {
        std::string text{name(step)};
        for (const Body body : {request, response}) {
            text += ", ";
            text += name(body);
        }
        return text + (reused ? ", reused" : ", fresh");
    }
    bool is_whole() const {
        return step == Step::after || (request == Body::none && step >= Step::before_body);
    }
};

std::vector<HalfCloseCase> half_close_cases() {
    std::vector<HalfCloseCase> all;
    for (const Step step : kSteps) {
        for (const Body request : kRequestBodies) {
            for (const Body response : kBodies) {
                for (const bool reused : {false, true}) {
                    all.push_back({step, request, response, reused});
                }
            }
        }
    }
    return all;
}

class OfAHalf : public FaultTest {
protected:
    /// "/12": the bodies of request and response.
    bool serve(Peer& peer, const std::string& head) {
        const std::string path = path_of(head);
        const auto body = read_body(peer, head);
        if (!body) return false;
        if (*body != message("", static_cast<Body>(path[1] - '0')).body) {
            world_.findings().add(path + ": a part arrived whole");
        }
        const auto response = static_cast<Body>(path[2] - '0');
        peer.write(answer(response).bytes());
        if (response == Body::until_close) peer.close_cleanly();
        return response != Body::until_close;
    }

    FaultWorld world_{
        GetParam(), [this](Peer& peer, const std::string& head) { return serve(peer, head); }};
};

TEST_P(OfAHalf, HasItsAnswerOrNone) {
    world_.run(half_close_cases(), [&](const HalfCloseCase& half) -> std::string {
        HttpClient client = world_.connect();
        const std::string host = world_.authority(half.reused);
        if (half.reused) client.exchange(absolute_get(host, "/good"));
        std::string start = "POST http://" + host + "/";
        start += std::to_string(static_cast<int>(half.request));
        start += std::to_string(static_cast<int>(half.response));
        start += " HTTP/1.1\r\nHost: " + host + "\r\n";
        const Message request = message(start, half.request);

        client.send(std::string_view{request.bytes()}.substr(0, part(request, half.step)));
        client.finish_sending();

        if (!half.is_whole()) {
            const std::string said = client.read_until_close();
            return said.empty() ? "" : "answered: " + said;
        }
        const Response got = client.read_response();
        const bool right = got.status == 200 && got.complete &&
                           got.body == (half.response == Body::none ? "" : kContent);
        if (!right) return "not its answer: " + got.head + got.body;
        return client.read_until_close().empty() ? "" : "more than an answer";
    });
}

INSTANTIATE_TEST_SUITE_P(Faults, OfAHalf, all_settings(), name_of);

}  // namespace
}  // namespace countersign::tests::faults
