#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proxy/admin/process_state.hpp"

namespace countersign::proxy::admin {

/// Why no traffic should come to this proxy now, a sentence each; empty where it is ready.
std::vector<std::string> not_ready_because(
    const ProcessState& state, std::chrono::system_clock::time_point now
);

/// What is wrong and keeps nobody from being served: a reload that was refused.
std::vector<std::string> ready_although(const ProcessState& state);

}  // namespace countersign::proxy::admin
