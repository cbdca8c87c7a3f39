#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "proxy/failure.hpp"

namespace countersign::proxy::metrics {

/// What failed how often. Few kinds ever do, and none where all is well: then it holds no memory.
class FailureCounts {
public:
    struct Count {
        std::string_view error;  ///< of Proxy-Status; static text
        Side side = Side::proxy;
        std::uint64_t count = 0;
    };

    void add(std::string_view error, Side side, std::uint64_t count = 1);
    FailureCounts& operator+=(const FailureCounts& other);
    const std::vector<Count>& all() const { return counts_; }

private:
    std::vector<Count> counts_;
};

}  // namespace countersign::proxy::metrics
