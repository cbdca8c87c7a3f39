#include "proxy/records/interrupted_change.hpp"

#include "certs/printable.hpp"
#include "proxy/records/audit_log.hpp"
#include "proxy/records/file_change.hpp"

namespace countersign::proxy::records {

std::string put_back_interrupted(const std::filesystem::path& folder) {
    if (!FileChange::is_interrupted(folder)) return {};
    const auto change = FileChange::begin(folder);
    if (!change) return "console: " + change.error().sentence;
    if (change->recovery().files.empty()) return {};
    AuditEntry entry;
    entry.what = "put back";
    entry.kind = "files";
    for (const std::string& name : change->recovery().files) {
        entry.name += (entry.name.empty() ? "" : ", ") + certs::printable(name);
    }
    entry.who = "countersign";
    entry.from = "itself";
    entry.result = "put back: the process ended before the change was in force";
    std::string said =
        "console: a change was interrupted by the end of the process, and is put back: ";
    said += entry.name;
    said += " in " + certs::printable(folder.string()) + ". Make it again if it is wanted.";
    const std::string audit = write_audit_entry(folder, entry);
    return audit.empty() ? said : said + ' ' + audit;
}

}  // namespace countersign::proxy::records
