#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/edit/inventory.hpp"

namespace countersign::certs {

/// Compares what was to be copied into another store with what that store has to hold, as sets:
/// keys by public key, certificates and marks of trust by SHA-256, and, between Java's containers,
/// the chains in their order. What `told` names was left out in words; PEM has no marks of trust.
/// Error: what is lacking besides, a fault of ours.
std::optional<EditError> prove_copied(
    const Inventory& meant, const Inventory& copy, Container container,
    const std::vector<std::string>& told, const std::string& where
);

}  // namespace countersign::certs
