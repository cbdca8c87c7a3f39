#include "tests/scenarios/document.hpp"

#include <sstream>

#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

std::string document(std::string_view file) {
    return read_bytes(std::string{COUNTERSIGN_SOURCE_DIR} + "/" + std::string{file});
}

std::vector<CodeBlock> code_blocks_of(std::string_view file) {
    constexpr std::string_view kFence = "```";
    std::vector<CodeBlock> blocks;
    std::istringstream lines{document(file)};
    std::string heading;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(kFence)) {
            inside = !inside;
            if (inside) blocks.push_back({heading, line.substr(kFence.size()), {}});
        } else if (inside) {
            blocks.back().text += line + "\n";
        } else if (line.starts_with('#')) {
            heading = line.substr(line.find_first_not_of("# "));
        }
    }
    return blocks;
}

}  // namespace countersign::tests
