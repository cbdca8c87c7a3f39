#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "certs/text/word.hpp"
#include "proxy/metrics/failure_counts.hpp"

namespace countersign::proxy::metrics {

/// Why an upstream connection came to its end.
enum class ConnectionEnd : std::uint8_t {
    exchange,  ///< with its exchange: it failed, or the server had said so
    server,    ///< the server closed it while it rested, or said what nobody had asked for
    age,       ///< it had rested, lived or served as long as its rules let it
    surplus,   ///< more rested than were needed, or a file descriptor was
    retired,   ///< its profile, identity or trust has been replaced
    client,    ///< it was its client's own (NTLM, Negotiate), who has gone
    drain      ///< the proxy stops
};
inline constexpr certs::Word<ConnectionEnd> kConnectionEnds[] = {
    {"exchange", ConnectionEnd::exchange}, {"server", ConnectionEnd::server},
    {"age", ConnectionEnd::age},           {"surplus", ConnectionEnd::surplus},
    {"retired", ConnectionEnd::retired},   {"client", ConnectionEnd::client},
    {"drain", ConnectionEnd::drain},
};

/// What became of upstream connections.
struct ConnectionTotals {
    std::uint64_t opened = 0;
    std::array<std::uint64_t, 7> closed{};  ///< by ConnectionEnd

    std::uint64_t& closed_by(ConnectionEnd end) { return closed[static_cast<std::size_t>(end)]; }
    ConnectionTotals& operator+=(const ConnectionTotals& other) {
        opened += other.opened;
        for (std::size_t i = 0; i < closed.size(); ++i) closed[i] += other.closed[i];
        return *this;
    }
};

/// The connections that there are now, and who waits for one.
struct PoolState {
    std::uint64_t active = 0;
    std::uint64_t idle = 0;
    std::uint64_t opening = 0;
    std::uint64_t waiting = 0;  ///< exchanges

    PoolState& operator+=(const PoolState& other) {
        active += other.active;
        idle += other.idle;
        opening += other.opening;
        waiting += other.waiting;
        return *this;
    }
};

/// Addresses that are not dialled for a while, since they could not be connected to.
struct CircuitCounts {
    std::uint64_t open = 0;     ///< now
    std::uint64_t opened = 0;   ///< in all
    std::uint64_t refused = 0;  ///< requests, for want of any other address

    CircuitCounts& operator+=(const CircuitCounts& other) {
        open += other.open;
        opened += other.opened;
        refused += other.refused;
        return *this;
    }
};

struct HandshakeCounts {
    std::uint64_t full = 0;
    std::uint64_t resumed = 0;
    /// Made once more, without what the server may not have taken.
    std::uint64_t again_without_session = 0;
    std::uint64_t again_without_large_hello = 0;
    FailureCounts failures;

    HandshakeCounts& operator+=(const HandshakeCounts& other) {
        full += other.full;
        resumed += other.resumed;
        again_without_session += other.again_without_session;
        again_without_large_hello += other.again_without_large_hello;
        failures += other.failures;
        return *this;
    }
};

/// Names that were looked up; who waits for another's look-up is counted with it, once.
struct NameCounts {
    std::uint64_t found = 0;
    std::uint64_t not_found = 0;
    std::uint64_t timed_out = 0;
    std::uint64_t failed = 0;
    std::uint64_t cached = 0;  ///< answered by what an earlier look-up had given

    NameCounts& operator+=(const NameCounts& other) {
        found += other.found;
        not_found += other.not_found;
        timed_out += other.timed_out;
        failed += other.failed;
        cached += other.cached;
        return *this;
    }
};

}  // namespace countersign::proxy::metrics
