#include "proxy/records/interrupted_change.hpp"

#include "certs/printable.hpp"
#include "proxy/records/audit_log.hpp"
#include "proxy/records/file_change.hpp"

namespace countersign::proxy::records {

std::string put_back_interrupted(const std::filesystem::path& folder) {
    if (!FileChange::is_interrupted(folder)) return {};
    const auto change = FileChange::begin(folder);
    if (!change || change->put_back().empty()) return {};
    AuditEntry entry;
    entry.what = "put back";
    entry.kind = "files";
    entry.who = "countersign";
    entry.from = "start";
    std::string names;
    for (const std::string& name : change->put_back()) {
        if (!names.empty()) names += ", ";
        names += certs::printable(name);
    }
    entry.name = names;
    entry.result = "put back: the process ended before the change was in force";
    std::string said =
        "console: a change was interrupted by the end of the process, and is put "
        "back: " +
        names + " in " + certs::printable(folder.string()) + ". Make it again if it is wanted.";
    const std::string audit = write_audit_entry(folder, entry);
    return audit.empty() ? said : said + ' ' + audit;
}

}  // namespace countersign::proxy::records
