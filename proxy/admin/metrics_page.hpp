#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proxy/admin/metrics_writer.hpp"
#include "proxy/admin/process_state.hpp"
#include "proxy/admin/process_usage.hpp"
#include "proxy/metrics/worker_snapshot.hpp"

namespace countersign::proxy::admin {

/// All that /metrics tells.
struct Measured {
    const ProcessState& state;
    const metrics::WorkerSnapshot& workers;  ///< together
    /// Of each worker: how long it took to answer; empty: it has ended.
    std::vector<std::optional<std::chrono::nanoseconds>> lags = {};
    ProcessUsage usage = {};
    std::uint64_t access_log_dropped = 0;
    std::uint64_t program_log_dropped = 0;
    std::chrono::system_clock::time_point now = {};
};

std::string metrics_page(const Measured& measured, MetricsFormat format);

}  // namespace countersign::proxy::admin
