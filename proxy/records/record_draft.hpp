#pragma once

#include <optional>
#include <string>

#include "certs/bytes.hpp"
#include "certs/source.hpp"

namespace countersign::proxy::records {

/// What an operator has given for a certificate record, before anything of it is kept.
struct RecordDraft {
    std::string name = {};
    std::string type = {};       ///< as the configuration writes it; empty: what the content is
    std::string file_name = {};  ///< as the operator calls it, for messages; may be empty
    certs::SecretBytes content = {};
    std::optional<certs::Secret> password = {};
    std::optional<certs::Secret> key_password = {};
    std::optional<std::string> alias = {};
    bool active = true;
    std::string description = {};
};

}  // namespace countersign::proxy::records
