#include "proxy/client/workspace.hpp"

#include <utility>

#include "proxy/log/log.hpp"

namespace countersign::proxy {

Workspace::Workspace(const SharedByWorkers& shared)
    : budget{shared.budget},
      tidier{loop, buffers},
      resolver{loop, shared.names},
      connector{loop, resolver, shared.own, shared.budget},
      pool{
          loop, connector, shared.workers,
          [](std::exception_ptr error) {
              log_escaped("the opening of a connection", std::move(error));
          }},
      access{loop, shared.access_log},
      permits{shared.permits} {
    adopt(shared.generation);
}

void Workspace::adopt(std::shared_ptr<const Generation> next) {
    generation = hold(std::move(next));
    buffers.resize(generation->buffer_sizes());
    pool.retire([pinned = generation](const TlsContext& tls) { return !pinned->uses(tls); });
}

}  // namespace countersign::proxy
