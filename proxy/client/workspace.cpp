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

Workspace::Workspace(
    std::shared_ptr<const Generation> first, const AddressGuard& guard, AccessLog& access_log,
    ConnectionPermits& connection_permits, std::uint32_t worker_count, DescriptorBudget descriptors
)
    : ForwardingResources{first, payload_of(*first), kMostGrowth + first->most_edits()},
      budget{descriptors},
      tidier{loop, buffers},
      resolver{loop},
      connector{loop, resolver, guard, descriptors},
      pool{
          loop, connector, worker_count,
          [](std::exception_ptr error) {
              log_escaped("the opening of a connection", std::move(error));
          }},
      access{loop, access_log},
      permits{connection_permits} {}

}  // namespace countersign::proxy
