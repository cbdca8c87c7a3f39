#pragma once

#include <cstdint>

namespace countersign::proxy::admin {

/// What this process takes of the machine, as /proc says. What cannot be read is 0.
struct ProcessUsage {
    double cpu_seconds = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_descriptors = 0;
    std::uint64_t max_descriptors = 0;
    std::uint64_t threads = 0;

    static ProcessUsage now();
};

}  // namespace countersign::proxy::admin
