#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "proxy/failure.hpp"

namespace countersign::proxy::routing {

/// Tells the log, under `unmatched: report`, what would have been refused: each destination and
/// reason once a worker, for the first thousand; the access log has every exchange.
class UnmatchedReport {
public:
    void report(std::string_view host, std::uint16_t port, const Failure& refusal);

private:
    std::unordered_set<std::string> told_;
};

}  // namespace countersign::proxy::routing
