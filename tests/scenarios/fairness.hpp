#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {

/// Goes on until it is told to stop, and counts what it got done: bytes, or connections. Called
/// anew in each round.
using Unkind = std::function<void(const std::atomic<bool>& stop, std::atomic<std::uint64_t>& done)>;

/// So many exchanges of a good client, one after the other.
inline constexpr int kExchanges = 100;
/// One has to do. On a busy machine the good client waits for others than the proxy now and then;
/// for a worker that gives no turns it waits in each of them.
inline constexpr int kRounds = 4;

using Took = std::chrono::microseconds;
/// One exchange, which says what it took.
using Exchange = std::function<Took()>;

/// What the second slowest of `kExchanges` took, which is the 99th percentile. Ends early where
/// that is known to be above `limit`.
Took p99(const Exchange& exchange, Took limit = Took::max());
Took time_of(HttpClient& good, const std::string& request);

/// What a good client's p99 may be beside an unkind one, where it is `alone` without: a factor for
/// slow builds, where a turn takes longer, and what a busy machine adds.
Took limit_beside(Took alone);

/// What one client or server does to a worker that others share. In a round a good client's p99
/// stays below its limit, and what the unkind one gets done in an exchange of it below `most_done`
/// on average: that is finer than the time, since the machine's speed is on both sides.
class Fairness : public testing::Test {
protected:
    void expect_fair(
        const ProxyUnderTest& proxy, const std::string& good_request, std::uint64_t most_done,
        const Unkind& unkind
    ) const;

    /// `most`: of a request's body; 0: any.
    std::string one_worker(
        std::uint16_t port, const std::string& most = "1MiB", const std::string& top = {}
    ) const;
    /// The listener "apps" as ever, and one at `unix_socket()`: for its `top`.
    std::string with_unix_socket() const;
    std::filesystem::path unix_socket() const { return partner_.files() / "apps.sock"; }

    Partner partner_;
};

/// Answers GET /whoami as long as it is asked; where anything else is asked, `unkind` has the
/// connection, behind that request's head.
ScriptedServer::Behaviour good_or(ScriptedServer::Behaviour unkind);

/// What there is, or comes within `limit`, and nobody looks at; the number of bytes.
std::size_t take(int socket, std::chrono::milliseconds limit = std::chrono::milliseconds{1});

}  // namespace countersign::tests
