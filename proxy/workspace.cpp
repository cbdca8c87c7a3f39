#include "proxy/workspace.hpp"

#include <algorithm>
#include <utility>

namespace countersign::proxy {

namespace {

constexpr std::uint64_t kSmallestBuffer = 64 * 1024;

}  // namespace

Workspace::Workspace(
    std::shared_ptr<const Generation> first, const AddressGuard& guard, AccessLog& access_log,
    std::uint32_t worker_count
)
    : generation{std::move(first)},
      buffers{std::max(generation->configuration().limits.header_bytes, kSmallestBuffer)},
      resolver{reactor},
      connector{reactor, resolver, guard},
      pool{reactor, connector, worker_count},
      access{reactor, access_log},
      max_sessions{std::max(
          1U,
          (generation->configuration().limits.client_connections + worker_count - 1) / worker_count
      )} {}

}  // namespace countersign::proxy
