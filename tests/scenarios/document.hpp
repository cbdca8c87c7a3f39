#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/said.hpp"

namespace countersign::tests {

/// A block of code in a Markdown file, between its fences.
struct CodeBlock {
    std::string heading;   ///< the last one above it, without its number signs
    std::string language;  ///< "yaml"; empty where none is said
    std::string text;
};

/// All blocks of a file of the source tree: "README.md".
std::vector<CodeBlock> code_blocks_of(std::string_view file);

/// The text of a file of the source tree.
std::string document(std::string_view file);

}  // namespace countersign::tests
