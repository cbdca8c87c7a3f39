#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "proxy/records/file_change.hpp"
#include "proxy/records/file_digests.hpp"

namespace countersign::proxy::records {

/// A change of the console's folder that is written, and that nobody has loaded yet.
struct FolderChange {
    FileChange files;
    FileDigests before = {};
    FileDigests after = {};
    std::string version = {};  ///< of what is changed, then; empty: it is gone
};

/// Begins one; what these files hold now is what was there before.
certs::EditResult<FolderChange> begin_change(
    const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files
);

/// Writes a YAML file, as the last of a change.
std::optional<certs::EditError> write_yaml(
    FolderChange& change, const std::string& name, const std::string& text
);

}  // namespace countersign::proxy::records
