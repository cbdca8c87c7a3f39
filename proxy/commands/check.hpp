#pragma once

#include <filesystem>

namespace countersign::proxy::commands {

/// `countersign check`: loads exactly as `run` would, prints every problem, then a table of the
/// profiles. Returns the exit status: 1 where something was found, an identity that has expired
/// included.
int check_command(const std::filesystem::path& configuration, bool json);

}  // namespace countersign::proxy::commands
