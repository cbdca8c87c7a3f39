#include "proxy/server/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

#include "proxy/net/descriptor_budget.hpp"
#include "proxy/server/cpu_count.hpp"

namespace countersign::proxy::server {

namespace {

/// A worker's own: its event loop, its part of each listener, its queries for names.
constexpr std::uint64_t kOfAWorker = 16;
/// Logs, signals, libraries.
constexpr std::uint64_t kOfTheProcess = 32;

rlimit limit_of_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = limit.rlim_max = 1024;
    return limit;
}

std::uint64_t number(rlim_t limit) {
    // A file descriptor is an int.
    constexpr std::uint64_t kMost = std::numeric_limits<int>::max();
    return limit == RLIM_INFINITY ? kMost : std::min<std::uint64_t>(limit, kMost);
}

}  // namespace

std::uint64_t raise_descriptor_limit() {
    rlimit limit = limit_of_files();
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    const bool raised = ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
    return number(raised ? limit.rlim_cur : before);
}

std::uint64_t possible_descriptor_limit() { return number(limit_of_files().rlim_max); }

std::uint64_t descriptors_needed(const profiles::Configuration& configuration) {
    const std::uint64_t workers = configuration.workers != 0 ? configuration.workers : cpu_count();
    const std::uint64_t listeners = configuration.listeners.size();
    const std::uint64_t used = 2 * std::uint64_t{configuration.limits.client_connections} +
                               workers * (kOfAWorker + listeners) + kOfTheProcess;
    // The reserve is an eighth of the whole, as far as that is less than its bound.
    const std::uint64_t with_eighth = used + used / 7 + 1;
    return used + net::DescriptorBudget::reserve(with_eighth);
}

std::string descriptor_shortage(const profiles::Configuration& configuration, std::uint64_t limit) {
    const std::uint64_t needed = descriptors_needed(configuration);
    if (limit >= needed) return {};
    return "limits.client_connections: " + std::to_string(configuration.limits.client_connections) +
           " clients may need " + std::to_string(needed) +
           " file descriptors (one for the client, one for the server), and this process may "
           "have " +
           std::to_string(limit) +
           ": clients that come when these are used up get a 503. Raise the limit (LimitNOFILE= of "
           "a systemd unit, --ulimit nofile= of a container, ulimit -n of a shell), or lower "
           "limits.client_connections.";
}

}  // namespace countersign::proxy::server
