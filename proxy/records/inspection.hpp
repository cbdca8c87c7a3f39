#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "certs/identity_loader.hpp"
#include "certs/lint/finding.hpp"
#include "certs/openssl_handle.hpp"
#include "proxy/records/record_draft.hpp"

namespace countersign::proxy::records {

/// One thing that a container holds.
struct InspectedEntry {
    std::string_view kind;                        ///< "key", "trusted", "certificate"
    std::string alias;                            ///< empty: the container has none
    std::vector<certs::X509Handle> certificates;  ///< of a key: as found
};

/// What is in a container, and whether it would do as a record.
struct Inspection {
    std::string_view container;  ///< "PKCS#12"; empty: none that is known
    std::string_view type;       ///< of the record that it would be; empty: of none
    std::vector<InspectedEntry> entries;
    std::vector<std::string> notes;  ///< what was left out, or is not as it was said
    std::string problem;             ///< why it would not serve, and what to do; empty: it would
    std::vector<certs::Finding> findings;
};

/// The identity that it would be, opened as a load would. Error: why it would not serve.
certs::EditResult<certs::LoadedIdentity> open_identity(const RecordDraft& draft);

/// Opens it as a load would, and lints it. Nothing is written. Takes up to a second where a
/// password is dear to derive.
Inspection inspect(const RecordDraft& draft, std::chrono::system_clock::time_point now);

}  // namespace countersign::proxy::records
