#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "certs/bytes.hpp"
#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// Makes a store's bytes of its entries, whose keys are sealed for the container already.
using StoreWriter = std::function<EditResult<SecretBytes>(
    const KeyStoreEntries& entries, Container container, const std::optional<Secret>& password,
    std::chrono::milliseconds now
)>;

/// The writer of each container.
EditResult<SecretBytes> write_entries(
    const KeyStoreEntries& entries, Container container, const std::optional<Secret>& password,
    std::chrono::milliseconds now
);

}  // namespace countersign::certs
