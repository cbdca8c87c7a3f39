#include "proxy/client/workspace.hpp"

#include <algorithm>
#include <utility>

#include "proxy/http/message_head.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy {

namespace {

/// Responses are streamed through it, too.
constexpr std::uint64_t kSmallestBuffer = 64 * 1024;

std::uint64_t payload_of(const Generation& generation) {
    return std::max(generation.configuration().limits.header_bytes, kSmallestBuffer);
}

}  // namespace

Workspace::Workspace(const SharedByWorkers& shared)
    : ForwardingResources{
          shared.generation, payload_of(*shared.generation),
          kMostGrowth + shared.generation->most_edits()},
      budget{shared.budget},
      tidier{loop, buffers},
      resolver{loop, shared.names},
      connector{loop, resolver, shared.guard, shared.budget},
      pool{
          loop, connector, shared.workers,
          [](std::exception_ptr error) {
              log_escaped("the opening of a connection", std::move(error));
          }},
      access{loop, shared.access_log},
      permits{shared.permits} {}

}  // namespace countersign::proxy
