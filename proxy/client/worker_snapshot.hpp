#pragma once

#include "proxy/client/workspace.hpp"
#include "proxy/metrics/worker_snapshot.hpp"

namespace countersign::proxy::client {

/// What a worker has counted, and what there is now. Takes as long as there are clients and
/// destinations. On the worker's thread.
metrics::WorkerSnapshot snapshot_of(const Workspace& workspace);

}  // namespace countersign::proxy::client
