#pragma once

#include <cstddef>

namespace countersign::fuzz {

/// While it lives, memory is counted, and the program aborts where more is taken at a time than a
/// file of `bytes` may cost: what libraries load once, and twenty times the file. Counts with the
/// address sanitizer alone; `tests/certs/bounds` does it without one, with large files.
class MemoryBound {
public:
    explicit MemoryBound(std::size_t bytes);
    ~MemoryBound();
    MemoryBound(const MemoryBound&) = delete;
    MemoryBound& operator=(const MemoryBound&) = delete;
};

}  // namespace countersign::fuzz
