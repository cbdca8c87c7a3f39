#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "proxy/records/file_digests.hpp"

namespace countersign::proxy::records {

/// What somebody has changed, or tried to.
struct AuditEntry {
    std::string_view what;  ///< "create", "replace", "reply", "edit", "delete"
    std::string_view kind;  ///< of what: "record", "profile"
    std::string name;
    std::string who;   ///< "user:anna", "token"
    std::string from;  ///< an address, or "unix socket"
    FileDigests before;
    FileDigests after;
    std::string result;  ///< "in force", or why it was put back
};

/// Why nothing could be added to `audit.log` in the console's folder, as a sentence; empty: it can.
std::string audit_obstacle(const std::filesystem::path& folder);

/// Adds a line of JSON to `audit.log` in the console's folder, with the time in UTC. Why it could
/// not, as a sentence; empty: it is written.
std::string write_audit_entry(const std::filesystem::path& folder, const AuditEntry& entry);

}  // namespace countersign::proxy::records
