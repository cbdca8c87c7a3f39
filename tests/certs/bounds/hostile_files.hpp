#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace countersign::tests {

/// A file that is full of what costs most memory, in one way.
struct HostileFile {
    const char* name;
    std::function<std::string()> make;

    friend void PrintTo(const HostileFile& file, std::ostream* out) { *out << file.name; }
};

/// As large as a file may be, one for each container and each thing that it can be full of.
const std::vector<HostileFile>& hostile_files();

}  // namespace countersign::tests
