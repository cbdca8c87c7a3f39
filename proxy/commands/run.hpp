#pragma once

#include <filesystem>

namespace countersign::proxy::commands {

/// `countersign run`: loads, serves, and returns the exit status.
int run_command(const std::filesystem::path& configuration);

}  // namespace countersign::proxy::commands
