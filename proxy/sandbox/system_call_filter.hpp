#pragma once

#include <cstddef>
#include <string>

namespace countersign::proxy::sandbox {

/// What came of asking the kernel.
struct FilterState {
    std::size_t refused = 0;  ///< how many system calls are; 0: it is not in force
    std::string missing;      ///< why it is not: "the kernel has none"
};

/// From now on this thread, and those that it makes, cannot make a process, nor any system call of
/// a list of those that the proxy never needs: they fail with EPERM. Calls of another processor
/// mode (32 bits, x32) fail, all of them. Needs no_new_privs.
FilterState refuse_system_calls();

}  // namespace countersign::proxy::sandbox
