#pragma once

#include <cstddef>

namespace countersign::tests {

/// Counts what this program has allocated at a time, C++ and OpenSSL together, to the byte: each
/// block with its size in the heap and the header in front of it. What is there at its construction
/// does not count.
class PeakMemory {
public:
    PeakMemory();
    /// The most that there was at one time since then.
    std::size_t bytes() const;

private:
    std::size_t start_;
};

}  // namespace countersign::tests
