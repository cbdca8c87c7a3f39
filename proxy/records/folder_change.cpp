#include "proxy/records/folder_change.hpp"

#include <utility>

#include "certs/bytes.hpp"
#include "certs/file.hpp"
#include "certs/sha256.hpp"
#include "proxy/records/audit_log.hpp"

namespace countersign::proxy::records {

using certs::EditError;
using certs::EditResult;

EditResult<FolderChange> begin_change(
    const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files
) {
    auto begun = FileChange::begin(folder);
    if (!begun) return begun.error();
    // Who has changed what stands there, or nothing is changed.
    const std::string obstacle = audit_obstacle(folder);
    if (!obstacle.empty()) {
        return EditError{
            "Nothing is changed: it could not be told who has changed it. " + obstacle};
    }
    FolderChange change{.files = std::move(*begun)};
    for (const std::filesystem::path& one : files) {
        const auto bytes = certs::read_file(one, certs::kMaxStoreBytes);
        if (bytes) change.before[one.filename()] = certs::sha256_hex(*bytes);
    }
    return change;
}

std::optional<EditError> write_yaml(
    FolderChange& change, const std::string& name, const std::string& text
) {
    if (auto error = change.files.write(name, certs::as_bytes(text))) return error;
    change.after[name] = certs::sha256_hex(certs::as_bytes(text));
    return std::nullopt;
}

}  // namespace countersign::proxy::records
