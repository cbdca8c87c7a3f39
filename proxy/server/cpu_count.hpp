#pragma once

#include <cstdint>
#include <string_view>

namespace countersign::proxy::server {

/// How many CPUs this process may use: its affinity, and less where a cgroup's quota says so. At
/// least one.
std::uint32_t cpu_count();

/// CPUs that a cgroup v2 `cpu.max` ("150000 100000", "max 100000") allows, rounded up; 0: no limit.
std::uint32_t cpus_of_quota(std::string_view cpu_max);

}  // namespace countersign::proxy::server
