#pragma once

#include <cstddef>

namespace countersign::fuzz {

/// While it lives, memory is counted, and the program aborts where more is taken at a time than an
/// input of `bytes` may cost: what libraries load once (2 MiB, of 64 MB that a file may cost
/// whatever its size), and twenty times the input. Counts with the address sanitizer alone;
/// `tests/certs/bounds` does it without one, with large files.
class MemoryBound {
public:
    explicit MemoryBound(std::size_t bytes);
    ~MemoryBound();
    MemoryBound(const MemoryBound&) = delete;
    MemoryBound& operator=(const MemoryBound&) = delete;
};

}  // namespace countersign::fuzz
