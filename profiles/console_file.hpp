#pragma once

#include <string>

namespace countersign::profiles {

/// A file of `console.directory`, as it would be.
struct ConsoleFile {
    std::string name;  ///< without the directory
    std::string text;
};

}  // namespace countersign::profiles
