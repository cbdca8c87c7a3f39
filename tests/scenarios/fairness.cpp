#include "tests/scenarios/fairness.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace countersign::tests {

Took p99(const Exchange& exchange, Took limit) {
    std::vector<Took> took;
    int slow = 0;
    for (int i = 0; i < kExchanges && slow < 2; ++i) {
        took.push_back(exchange());
        if (took.back() > limit) ++slow;
    }
    const auto second = took.begin() + 1;
    std::nth_element(took.begin(), second, took.end(), std::greater<>{});
    return *second;
}

Took time_of(HttpClient& good, const std::string& request) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(good.exchange(request).status, 200);
    return std::chrono::duration_cast<Took>(std::chrono::steady_clock::now() - start);
}

Took limit_beside(Took alone) { return std::chrono::milliseconds{100} + 20 * alone; }

namespace {

/// An unkind one on a thread of its own, which is stopped when this goes, whatever the test did.
class AtIt {
public:
    explicit AtIt(const Unkind& unkind)
        : thread_{[this, unkind] {
              try {
                  unkind(stop_, done_);
              } catch (const std::runtime_error& error) {
                  ADD_FAILURE() << error.what();
              }
          }} {}
    ~AtIt() {
        stop_ = true;
        thread_.join();
    }
    AtIt(const AtIt&) = delete;
    AtIt& operator=(const AtIt&) = delete;

    std::uint64_t done() const { return done_; }

private:
    std::atomic<bool> stop_ = false;
    std::atomic<std::uint64_t> done_ = 0;
    std::thread thread_;
};

struct Beside {
    Took p99;
    std::uint64_t done;  ///< in an exchange, on average
};

/// Each exchange begins when the other one has got something done since the last: on a busy machine
/// it is not at it all the time.
Beside exchanges_beside(
    const AtIt& other, HttpClient& good, const std::string& request, Took limit
) {
    std::uint64_t seen = 0;
    std::uint64_t done = 0;
    std::uint64_t exchanges = 0;
    const Took slowest = p99(
        [&] {
            wait_until("the unkind one is at it", [&] { return other.done() > seen; });
            const std::uint64_t before = other.done();
            const Took took = time_of(good, request);
            seen = other.done();
            done += seen - before;
            ++exchanges;
            return took;
        },
        limit
    );
    return {slowest, done / exchanges};
}

}  // namespace

void Fairness::expect_fair(
    const ProxyUnderTest& proxy, const std::string& good_request, std::uint64_t most_done,
    const Unkind& unkind
) const {
    Took alone = Took::max();
    std::string rounds;
    for (int round = 0; round < kRounds; ++round) {
        HttpClient good = proxy.connect();
        time_of(good, good_request);  // the connections are there
        alone = std::min(alone, p99([&] { return time_of(good, good_request); }));
        const Took limit = limit_beside(alone);
        const AtIt other{unkind};
        const Beside beside = exchanges_beside(other, good, good_request, limit);
        if (beside.p99 <= limit && beside.done <= most_done) return;
        rounds += "\np99 " + std::to_string(alone.count()) + " us alone, " +
                  std::to_string(beside.p99.count()) + " us beside the unkind one, which got " +
                  std::to_string(beside.done) + " done in an exchange";
        if (beside.p99 > kPatience / 4) break;  // no busy machine does that
    }
    ADD_FAILURE() << "at most " << most_done << " are to be done in an exchange" << rounds;
}

std::string Fairness::one_worker(
    std::uint16_t port, const std::string& most, const std::string& top
) const {
    return partner_.configuration(
        port, {}, "workers: 1\nlimits: { body_bytes: " + most + " }\n" + top
    );
}

std::string Fairness::with_unix_socket() const {
    return "listeners:\n  - { name: apps, address: 127.0.0.1:0 }\n"
           "  - { name: local, address: \"unix:" +
           unix_socket().string() + "\" }\n";
}

ScriptedServer::Behaviour good_or(ScriptedServer::Behaviour unkind) {
    return [unkind = std::move(unkind)](Peer& peer) {
        for (;;) {
            const std::string head = peer.read_head();
            if (head.empty()) return;
            if (head.find("/whoami") == std::string::npos) return unkind(peer);
            if (!peer.write(ok("me"))) return;
        }
    };
}

std::size_t take(int socket, std::chrono::milliseconds limit) {
    constexpr std::size_t kMost = std::size_t{1} << 20;
    pollfd waiting{socket, POLLIN, 0};
    if (limit.count() > 0) ::poll(&waiting, 1, static_cast<int>(limit.count()));
    const ssize_t got = ::recv(socket, nullptr, kMost, MSG_DONTWAIT | MSG_TRUNC);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

}  // namespace countersign::tests
