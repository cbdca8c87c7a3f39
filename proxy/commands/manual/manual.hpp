#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace countersign::proxy::commands {

/// `countersign man [COMMAND] [--directory PATH]`: prints the page of the command ("keystore",
/// "list") or of the program, or writes all of them into the directory; the exit status.
int man_command(const std::vector<std::string>& words, const std::filesystem::path& directory);

}  // namespace countersign::proxy::commands
