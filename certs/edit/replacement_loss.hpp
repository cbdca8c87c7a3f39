#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/edit/inventory.hpp"
#include "certs/edit/store_draft.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// What a file holds and the one that is about to take its place does not.
struct ReplacementLoss {
    std::vector<std::string> keys;    ///< private and secret keys: nobody can make them again
    std::vector<std::string> others;  ///< certificates, marks of trust, blocks
    /// "PKCS#12": a key store of that kind that no password given opens, so that nobody knows.
    std::string sealed = {};
    /// Private keys that no password given opens, where one of the new keys may be the same; or a
    /// file that may hold some, in a form that is not read here.
    std::vector<std::string> unopened = {};
};

/// Keys are compared by public key, whatever their aliases.
ReplacementLoss loss_by_replacing(const Inventory& before, const StoreDraft& after);

/// The same for a file's bytes, in any form that is read here, with each of these passwords. Also
/// of a PEM file that is damaged the keys are seen.
ReplacementLoss loss_by_replacing(
    ByteView before, const std::vector<std::optional<Secret>>& passwords, const StoreDraft& after
);

}  // namespace countersign::certs
