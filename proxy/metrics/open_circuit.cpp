#include "proxy/metrics/open_circuit.hpp"

#include <algorithm>

namespace countersign::proxy::metrics {

void merge(std::vector<OpenCircuit>& circuits, const std::vector<OpenCircuit>& others) {
    circuits.insert(circuits.end(), others.begin(), others.end());
    std::ranges::sort(circuits, [](const OpenCircuit& one, const OpenCircuit& other) {
        return one.address != other.address ? one.address < other.address
                                            : one.failures > other.failures;
    });
    // clang 14 cannot compile std::ranges::unique.
    const auto rest = std::unique(
        circuits.begin(), circuits.end(),
        [](const OpenCircuit& one, const OpenCircuit& other) {
            return one.address == other.address;
        }
    );
    circuits.erase(rest, circuits.end());
}

}  // namespace countersign::proxy::metrics
