#pragma once

#include <optional>
#include <string>

#include "certs/bytes.hpp"
#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/edit/inventory.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// Reads the bytes of a store that is about to take the place of another, whatever wrote them, and
/// compares them with what it has to hold: what was there before, less what was asked away, and
/// what was added. Nullopt: it holds all of it, and no key, certificate or trust besides. Error:
/// the bytes do not open, or what they lack or have too much; then they are not to be written.
std::optional<EditError> prove_written(
    ByteView bytes, Container container, const std::optional<Secret>& password,
    const Inventory& expected, const std::string& where
);

}  // namespace countersign::certs
