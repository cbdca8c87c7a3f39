#pragma once

#include <filesystem>
#include <string_view>

#include "proxy/generation/load.hpp"

namespace countersign::proxy::generation {

// What a load tells the program's log.

/// Every problem, and `so`: "not started".
void log_problems(
    const LoadProblems& problems, const std::filesystem::path& configuration, std::string_view so
);

/// What is to be mended though it works, and how long certificates last; of what `before` had, too,
/// nothing.
void log_remarks(const Generation& generation, const Generation* before = nullptr);

}  // namespace countersign::proxy::generation
