// Something happens between two exchanges: a server ends its idle connection, or says something on
// it; a client does. The next exchange has its own answer, once, on another connection.
#include <condition_variable>
#include <map>

#include "tests/scenarios/faults/fault_test.hpp"

namespace countersign::tests::faults {
namespace {

/// What a server does behind a whole answer.
enum class Idle { reset, close, close_cleanly, garbage, answer, late_timeout };
constexpr std::array kIdles{Idle::reset,   Idle::close,  Idle::close_cleanly,
                            Idle::garbage, Idle::answer, Idle::late_timeout};
constexpr std::array<std::string_view, 6> kIdleNames{
    "reset", "close", "close with notice", "garbage", "a second answer", "408 and close"};
constexpr std::string_view kSecond = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong";
constexpr std::string_view kTimeout =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwrong";

struct IdleCase {
    Idle idle;
    bool in_one_write;  ///< with the answer; else behind it
    Body body;
    std::string_view next;
    bool same_client;
    std::string text() const {
        std::string text{kIdleNames[static_cast<std::size_t>(idle)]};
        text += in_one_write ? " in one write with the answer, " : " behind the answer, ";
        text += name(body);
        text += ", then ";
        text += next;
        return text + (same_client ? " of the same client" : " of another");
    }
};

std::vector<IdleCase> idle_cases() {
    std::vector<IdleCase> all;
    for (const Idle idle : kIdles) {
        for (const bool in_one_write : {false, true}) {
            for (const Body body : kRequestBodies) {
                for (const std::string_view next : {"GET", "POST"}) {
                    for (const bool same : {true, false}) {
                        all.push_back({idle, in_one_write, body, next, same});
                    }
                }
            }
        }
    }
    return all;
}

std::string_view said_by(Idle idle) {
    switch (idle) {
        case Idle::garbage:
            return kGarbage;
        case Idle::answer:
            return kSecond;
        case Idle::late_timeout:
            return kTimeout;
        default:
            return {};
    }
}

/// What has come to the server, and what it has done.
class Events {
public:
    void add(const std::string& what) {
        const std::lock_guard lock{mutex_};
        ++count_[what];
        changed_.notify_all();
    }
    bool wait_for(const std::string& what) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kPatience, [&] { return count_[what] > 0; });
    }
    int count(const std::string& what) {
        const std::lock_guard lock{mutex_};
        return count_[what];
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> count_;
};

class AtRest : public FaultTest {
protected:
    /// "/next/7": an exchange; "/idle/7": one, and then what case 7 has.
    bool serve(Peer& peer, const std::string& head) {
        const std::string path = path_of(head);
        if (!read_body(peer, head)) return false;
        events_.add(path);
        if (path.starts_with("/next/")) return peer.write(ok(path));
        const IdleCase& one = all_[std::stoul(path.substr(6))];
        std::string bytes = answer(one.body).bytes();
        if (one.in_one_write) bytes += said_by(one.idle);
        peer.write(bytes);
        if (!one.in_one_write) peer.write(said_by(one.idle));
        if (one.idle == Idle::reset) peer.cut();
        if (one.idle == Idle::close) peer.close_without_notice();
        if (one.idle == Idle::close_cleanly || one.idle == Idle::late_timeout) peer.close_cleanly();
        events_.add("done " + path);
        // Who has said too much waits for what becomes of it.
        if (one.idle == Idle::garbage || one.idle == Idle::answer) {
            while (!peer.read_some().empty()) events_.add("used again: " + one.text());
        }
        return false;
    }

    const std::vector<IdleCase> all_ = idle_cases();
    Events events_;
    FaultWorld world_{
        GetParam(), [this](Peer& peer, const std::string& head) { return serve(peer, head); }};
};

TEST_P(AtRest, AServersFaultIsNoticedBeforeTheNextExchange) {
    const std::string host = world_.authority(true);
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const IdleCase& one = all_[i];
        SCOPED_TRACE(one.text());
        const std::string idle = "/idle/" + std::to_string(i);
        const std::string next = "/next/" + std::to_string(i);
        HttpClient client = world_.connect();
        HttpClient other = world_.connect();
        other.exchange(absolute_get(host, "/good"));

        const Response before = client.exchange(absolute_get(host, idle));
        ASSERT_TRUE(events_.wait_for("done " + idle));
        const Response after =
            (one.same_client ? client : other)
                .exchange(
                    one.next == "GET" ? absolute_get(host, next) : absolute_post(host, next, "body")
                );

        // A reset may overtake the answer that was sent before it.
        if (one.idle != Idle::reset) {
            EXPECT_TRUE(before.status == 200 && before.complete) << before.head;
            EXPECT_EQ(before.body, one.body == Body::none ? "" : kContent);
        }
        EXPECT_EQ(after.status, 200) << after.head << after.body;
        EXPECT_EQ(after.body, next);
        EXPECT_EQ(events_.count(next), 1);
        EXPECT_EQ(events_.count("used again: " + one.text()), 0);
    }
    world_.expect_nothing_wrong();
}

struct ClientAtRest {
    Act act;
    bool half;  ///< closes its half alone
    bool reused;
    std::string text() const {
        return std::string{half ? "half-close" : name(act)} + (reused ? ", reused" : ", fresh");
    }
};

TEST_P(AtRest, AClientsFaultEndsItsConnectionAlone) {
    std::vector<ClientAtRest> all;
    for (const bool reused : {false, true}) {
        for (const Act act : kActs) all.push_back({act, false, reused});
        all.push_back({Act::close, true, reused});
    }

    world_.run(all, [&](const ClientAtRest& one) -> std::string {
        HttpClient client = world_.connect();
        client.exchange(absolute_get(world_.authority(one.reused), "/good"));
        if (one.act == Act::reset) reset_at_close(client);
        if (one.act == Act::reset || (one.act == Act::close && !one.half)) return {};
        if (one.half) client.finish_sending();
        if (one.act == Act::garbage) client.send(kGarbage);
        const std::string said = client.read_until_close();
        const bool right =
            one.act == Act::garbage ? said.starts_with("HTTP/1.1 400 ") : said.empty();
        return right ? "" : "was told: " + said;
    });
}

INSTANTIATE_TEST_SUITE_P(Faults, AtRest, all_settings(), name_of);

}  // namespace
}  // namespace countersign::tests::faults
