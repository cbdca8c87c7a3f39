#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/edit/inventory.hpp"
#include "certs/edit/store_draft.hpp"

namespace countersign::certs {

/// The certificates of one entry, leaf first: of the key or trusted certificate of that alias, or
/// of the only entry. Of PEM without a key, all. Never empty.
EditResult<std::vector<X509Handle>> certificates_of(
    const StoreDraft& store, const std::optional<std::string>& alias
);

/// One certificate in DER.
SecretBytes certificate_der(const X509* certificate);

/// What became of the entries that were copied.
struct Copied {
    std::vector<std::string> lost;     ///< what the new store has no place for, and is left out
    std::vector<std::string> unsaid;   ///< the same of what is only said: attributes, comments
    std::vector<std::string> changes;  ///< what is otherwise in the new store: sentences
    Inventory source;  ///< all that `from` holds; the keys that were opened are known by public key
};

/// What `from` holds, or its entry `alias` alone, put into `to`, which is empty: keys opened by
/// `open` and sealed with the new store's password. From PEM, which has no aliases, entries get
/// `alias`, or names made of their subjects. Into a store of the same kind goes also what stands
/// beside the entries. Nothing is left out without being told: what `from` holds is compared with
/// what `to` then has to hold. Error: a key that cannot be opened; an alias that is not there, or
/// that `to` cannot keep; what `prove_copied` says.
EditResult<Copied> copy_entries(
    const StoreDraft& from, StoreDraft& to, const std::optional<std::string>& alias,
    const std::function<EditResult<PrivateKeyHandle>(std::size_t)>& open
);

}  // namespace countersign::certs
