#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace countersign::proxy::metrics {

/// An address that is not dialled for a while, since it could not be connected to.
struct OpenCircuit {
    std::string address;      ///< "192.0.2.1:443", "[2001:db8::1]:443"
    std::string destination;  ///< "partner.example:443", for which it was tried last
    std::string reason;       ///< of the last attempt, in the system's words
    unsigned failures = 0;    ///< in a row
    std::chrono::milliseconds next_attempt{0};  ///< from now; 0: the next request makes it
};

/// No more are told of one worker: the first by their addresses.
inline constexpr std::size_t kCircuitsTold = 100;

/// Those of another worker as well, each address once, in the order of the addresses: each worker
/// finds out by itself. Told of one that both have is how far the one is that has failed oftener.
void merge(std::vector<OpenCircuit>& circuits, const std::vector<OpenCircuit>& others);

}  // namespace countersign::proxy::metrics
