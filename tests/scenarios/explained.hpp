#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace countersign::tests {

/// What `countersign explain` said.
struct Explained {
    std::optional<int> status;
    std::string text;
    std::string errors;

    /// What stands behind that name, in the first line that begins with it.
    std::string value(const std::string& name) const;
};

/// `explain -c FILE ARGUMENTS…`
Explained explain(const std::filesystem::path& file, const std::vector<std::string>& arguments);

/// IPv4, of this machine's interfaces; a loopback address where it has no other.
std::vector<std::string> own_addresses();

}  // namespace countersign::tests
