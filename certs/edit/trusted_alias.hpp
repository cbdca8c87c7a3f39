#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "certs/edit/store_draft.hpp"

namespace countersign::certs {

/// Adds certificates as trusted ones, under `alias` (several: alias-1, alias-2 …), or, without one,
/// under a name made of each one's CN. One that the store trusts already is not added twice. `done`
/// gets a line for each certificate. Error: an alias that is given and taken; then the draft is
/// half changed, and to be dropped.
std::optional<EditError> add_trusted(
    StoreDraft& store, const std::vector<X509Handle>& certificates,
    const std::optional<std::string>& alias, std::vector<std::string>& done
);

/// "Partner Root CA, O=X" → "partner-root-ca": letters, digits and dots of the CN (or of the whole
/// subject), all else as single dashes.
std::string alias_from_subject(const X509* certificate);

}  // namespace countersign::certs
