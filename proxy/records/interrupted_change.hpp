#pragma once

#include <filesystem>
#include <string>

namespace countersign::proxy::records {

/// Puts back what a process had begun to change in the console's folder when it was killed: it was
/// not known to be in force yet. The audit log has a line of it. What was done, or why it could not
/// be, for the log; empty: there was nothing.
std::string put_back_interrupted(const std::filesystem::path& folder);

}  // namespace countersign::proxy::records
