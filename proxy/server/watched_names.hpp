#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace countersign::proxy::server {

/// Of each directory the names in it on which the content of some files depends: their own, and
/// those of the symbolic links that lead to them, in whatever part of the path. "" stands for every
/// name: the directory itself is one of the "files".
using WatchedNames = std::map<std::filesystem::path, std::set<std::string>>;

/// Looks at the links as they are now. What is not there depends on the name that it would have.
WatchedNames watched_names(const std::vector<std::filesystem::path>& files);

}  // namespace countersign::proxy::server
