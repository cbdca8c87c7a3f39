#include "proxy/generation/load_log.hpp"

#include <chrono>
#include <string>

#include "proxy/log/log.hpp"

namespace countersign::proxy::generation {

void log_problems(
    const LoadProblems& problems, const std::filesystem::path& configuration, std::string_view so
) {
    for (const std::string& problem : problems.lines) log::error("{}", problem);
    if (!problems.hint.empty()) log::info("{}", problems.hint);
    log::error("{} problem(s) in {}: {}", problems.lines.size(), configuration.string(), so);
}

void log_remarks(const Generation& generation) {
    for (const std::string& warning : generation.warnings()) log::warning("{}", warning);
    for (const std::string& note : generation.notes()) log::warning("{}", note);
    log_expiry(generation.terms(), std::chrono::system_clock::now());
}

}  // namespace countersign::proxy::generation
