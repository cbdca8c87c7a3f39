#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "proxy/metrics/exchange_tally.hpp"
#include "proxy/metrics/open_circuit.hpp"
#include "proxy/metrics/revocation_counts.hpp"
#include "proxy/metrics/upstream_counts.hpp"

namespace countersign::proxy::metrics {

/// The clients' connections of one worker.
struct ClientCounts {
    std::uint64_t accepted = 0;
    std::uint64_t not_allowed = 0;
    std::uint64_t over_limit = 0;
    std::uint64_t over_listener_limit = 0;
    std::uint64_t over_address_limit = 0;
    std::uint64_t no_descriptor = 0;

    ClientCounts& operator+=(const ClientCounts& other) {
        accepted += other.accepted;
        not_allowed += other.not_allowed;
        over_limit += other.over_limit;
        over_listener_limit += other.over_listener_limit;
        over_address_limit += other.over_address_limit;
        no_descriptor += other.no_descriptor;
        return *this;
    }
};

/// All that one worker has counted, as it was when the worker came to be asked; of several,
/// together.
struct WorkerSnapshot {
    ExchangeTally exchanges;
    std::uint64_t clients = 0;      ///< connections
    std::uint64_t in_progress = 0;  ///< exchanges and tunnels
    ClientCounts client_counts;
    ConnectionTotals connections;
    PoolState pool;
    HandshakeCounts handshakes;
    CircuitCounts circuits;
    std::vector<OpenCircuit> open_circuits;
    NameCounts names;
    // The whole process's, whichever worker tells it:
    RevocationCounts revocation;
    std::uint64_t buffered = 0;  ///< bytes of bodies that are held for slow clients

    WorkerSnapshot& operator+=(const WorkerSnapshot& other) {
        exchanges += other.exchanges;
        clients += other.clients;
        in_progress += other.in_progress;
        client_counts += other.client_counts;
        connections += other.connections;
        pool += other.pool;
        handshakes += other.handshakes;
        circuits += other.circuits;
        merge(open_circuits, other.open_circuits);
        names += other.names;
        revocation.follow(other.revocation);
        buffered = std::max(buffered, other.buffered);
        return *this;
    }
};

}  // namespace countersign::proxy::metrics
