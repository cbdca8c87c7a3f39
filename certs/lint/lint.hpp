#pragma once

#include <vector>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/lint/finding.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// What the other side would find in a key store, found before: for the key of the source's alias,
/// or for every key; and what has expired among the certificates beside them. Errors before
/// warnings. A store that cannot be opened is an error of its own.
LoadResult<std::vector<Finding>> lint_key_store(
    const KeyStoreSource& source, const LintTime& time, LeafUse use = LeafUse::client
);

/// The same of bytes that are there already, which stand for the source's file.
LoadResult<std::vector<Finding>> lint_key_store(
    ByteView bytes, const KeyStoreSource& source, const LintTime& time
);

/// The same for certificates that servers are checked against; nothing is said of the system's.
LoadResult<std::vector<Finding>> lint_trust(const TrustSource& source, const LintTime& time);

}  // namespace countersign::certs
