// Both sides fail in one exchange, at once: each of them at a step of its own message.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <set>

#include "tests/scenarios/faults/fault_test.hpp"

namespace countersign::tests::faults {
namespace {

struct BothCase {
    Fault client;
    Fault server;
    bool reused;
    int number;
    std::string text() const {
        return "client: " + client.text() + "; server: " + server.text() +
               (reused ? "; reused" : "; fresh");
    }
};

/// The client has sent its head, so that there is an exchange. Framing and age of the connection
/// take turns: either has been tried with each fault of one side.
std::vector<BothCase> both_cases() {
    std::vector<BothCase> all;
    for (const Act client : kActs) {
        for (const Step client_step : {Step::before_body, Step::in_body, Step::after}) {
            for (const Act server : kActs) {
                for (const Step server_step : kSteps) {
                    const int number = static_cast<int>(all.size());
                    const Body body = number % 2 == 0 ? Body::length : Body::chunked;
                    const Fault of_client{client, client_step, body};
                    const Fault of_server{server, server_step, body};
                    all.push_back({of_client, of_server, number / 2 % 2 == 0, number});
                }
            }
        }
    }
    return all;
}

constexpr std::chrono::seconds kMeeting{5};

/// Where the two sides of an exchange wait for each other.
class Meetings {
public:
    void server_is_there(int number) {
        const std::lock_guard lock{mutex_};
        there_.insert(number);
        changed_.notify_all();
    }
    bool wait_for_server(int number) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kMeeting, [&] { return there_.contains(number); });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<int> there_;
};

class OfBothSides : public FaultTest {
protected:
    /// "/213/7": the server's fault, and the case's number.
    bool serve(Peer& peer, const std::string& head) {
        const std::string path = path_of(head);
        meetings_.server_is_there(std::stoi(path.substr(5)));
        if (fail_as_server(peer, Fault::of(path.substr(1)))) return false;
        return read_body(peer, head).has_value();
    }

    Meetings meetings_;
    FaultWorld world_{
        GetParam(), [this](Peer& peer, const std::string& head) { return serve(peer, head); }};
};

/// What the client may have seen: all of what the server sent, less and a sign of that, or whose
/// fault it was.
std::string seen_of_both(const BothCase& both, HttpClient& client) {
    Response got;
    try {
        got = client.read_response();
    } catch (const std::exception& error) {
        const std::string said = error.what();
        return said.find("where a response was expected") == said.npos ? said : "";
    }
    if (got.status == 200) {
        const std::optional<std::string> whole = whole_of(both.server);
        if (!got.complete || (whole && got.body == *whole)) return {};
        return "passed on as whole: '" + got.body + "'";
    }
    const bool may_be =
        got.status == 400 || got.status == 408 || got.status == 502 || got.status == 504;
    if (may_be && !proxy_error(got).empty()) return {};
    return "status " + std::to_string(got.status) + " '" + proxy_error(got) + "'";
}

TEST_P(OfBothSides, ShowsAndLeavesNothing) {
    const std::vector<BothCase> all = both_cases();
    std::atomic<std::size_t> missed = 0;
    world_.run(all, [&](const BothCase& both) -> std::string {
        HttpClient client = world_.connect();
        const std::string host = world_.authority(both.reused);
        if (both.reused) client.exchange(absolute_get(host, "/good"));
        std::string start = "POST http://" + host + "/" + both.server.code() + "/";
        start += std::to_string(both.number) + " HTTP/1.1\r\nHost: " + host + "\r\n";
        const Message request = message(start, both.client.body);
        client.send(std::string_view{request.bytes()}.substr(0, part(request, both.client.step)));
        if (!meetings_.wait_for_server(both.number)) {
            // On a connection that another case's server ended a moment ago; a POST is sent once.
            if (!both.reused) return "it never reached the server";
            ++missed;
            return {};
        }

        switch (both.client.act) {
            case Act::reset:
                reset_at_close(client);
                return {};
            case Act::close:
                return {};
            case Act::garbage:
                client.send_some(kGarbage, kPatience);  // the server's fault may have ended it
                client.finish_sending();
                break;
            case Act::stall:
                break;
        }
        return seen_of_both(both, client);
    });
    EXPECT_LE(missed, all.size() / 20) << "of those on a reused connection";
}

INSTANTIATE_TEST_SUITE_P(Faults, OfBothSides, all_settings(), name_of);

}  // namespace
}  // namespace countersign::tests::faults
