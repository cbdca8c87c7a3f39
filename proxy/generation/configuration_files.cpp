#include "proxy/generation/configuration_files.hpp"

#include <algorithm>
#include <system_error>

namespace countersign::proxy::generation {

namespace fs = std::filesystem;

std::vector<fs::path> configuration_files(
    const fs::path& path, const profiles::Configuration* configuration
) {
    std::vector<fs::path> files;
    const bool has_more = configuration != nullptr && configuration->console.directory;
    std::error_code error;
    if (has_more) {
        for (fs::directory_iterator entry{*configuration->console.directory, error}, end;
             !error && entry != end; entry.increment(error)) {
            const fs::path& file = entry->path();
            if (file.extension() == ".yaml" && !file.filename().native().starts_with('.'))
                files.push_back(file);
        }
    }
    std::ranges::sort(files);
    files.insert(files.begin(), path);
    return files;
}

}  // namespace countersign::proxy::generation
