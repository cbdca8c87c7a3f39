#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace countersign::proxy::server {

struct WatchedDirectory {
    /// "" stands for every name: the directory itself is one of the "files".
    std::set<std::string> names;
    bool content = false;  ///< of a file in it, and not only what a name stands for
};

/// Of each directory the names in it on which the content of some files depends: their own, those
/// of the directories above them, and those of the symbolic links that lead to either.
using WatchedNames = std::map<std::filesystem::path, WatchedDirectory>;

/// Looks at the links as they are now. What is not there depends on the name that it would have.
WatchedNames watched_names(const std::vector<std::filesystem::path>& files);

}  // namespace countersign::proxy::server
