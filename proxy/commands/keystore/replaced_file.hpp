#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "certs/edit/store_draft.hpp"

namespace countersign::proxy::commands {

/// Whether both names lead to one file: by device and inode, through links of either kind.
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// Looks at a file that is about to be replaced by what `after` holds, while nobody else may change
/// it; the passwords are tried on it. Error: a private key would be lost, or nobody can tell. Else
/// what is lost besides: certificates, marks of trust, blocks.
certs::EditResult<std::vector<std::string>> look_at_replaced(
    const std::filesystem::path& file, const std::vector<std::optional<certs::Secret>>& passwords,
    const certs::StoreDraft& after
);

}  // namespace countersign::proxy::commands
