#include "proxy/client/worker_snapshot.hpp"

#include "proxy/client/session.hpp"

namespace countersign::proxy::client {

metrics::WorkerSnapshot snapshot_of(const Workspace& workspace) {
    metrics::WorkerSnapshot snapshot;
    snapshot.exchanges += workspace.tally;
    for (const Session* one = workspace.first_session; one != nullptr; one = one->next()) {
        ++snapshot.clients;
        if (!one->idle()) ++snapshot.in_progress;
    }
    snapshot.client_counts = workspace.client_counts;
    snapshot.connections = workspace.pool.totals();
    snapshot.pool = workspace.pool.state();
    snapshot.handshakes = workspace.connector.handshakes();
    snapshot.circuits = workspace.connector.circuits();
    snapshot.open_circuits = workspace.connector.open_circuits();
    snapshot.names = workspace.resolver.counts();
    if (workspace.inquirer) snapshot.revocation = workspace.inquirer->counts();
    snapshot.buffered = workspace.buffered.taken();
    return snapshot;
}

}  // namespace countersign::proxy::client
