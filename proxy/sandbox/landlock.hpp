#pragma once

#include <string>
#include <vector>

#include "proxy/sandbox/writable_places.hpp"

namespace countersign::proxy::sandbox {

/// What came of asking the kernel.
struct LandlockState {
    int abi = 0;          ///< the kernel's version of Landlock; 0: it is not in force
    std::string missing;  ///< why it is not: "the kernel has none"
};

/// From now on this thread, and those that it makes, execute no program, write files only in the
/// places that are granted, and send no signal to another process, as far as the kernel's version
/// of Landlock reaches. Reading stays free, and so does what is open already. A place that is not
/// there is not granted. Needs no_new_privs.
LandlockState restrict_files(const std::vector<WritablePlace>& places);

}  // namespace countersign::proxy::sandbox
