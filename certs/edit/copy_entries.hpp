#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/edit/store_draft.hpp"

namespace countersign::certs {

/// The certificates of one entry, leaf first: of the key or trusted certificate of that alias, or
/// of the only entry. Of PEM without a key, all. Never empty.
EditResult<std::vector<X509Handle>> certificates_of(
    const StoreDraft& store, const std::optional<std::string>& alias
);

/// One certificate in DER.
SecretBytes certificate_der(const X509* certificate);

/// What `from` holds, or its entry `alias` alone, put into `to`, which is empty: keys opened by
/// `open` and sealed with the new store's password. What cannot be taken along is told in the
/// notes. From PEM, which has no aliases, entries get `alias`, or names made of their subjects.
EditResult<std::vector<std::string>> copy_entries(
    const StoreDraft& from, StoreDraft& to, const std::optional<std::string>& alias,
    const std::function<EditResult<PrivateKeyHandle>(std::size_t)>& open
);

}  // namespace countersign::certs
