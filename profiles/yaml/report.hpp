#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/problem.hpp"
#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// Collects what is wrong while a configuration is read, so that all of it is reported at once.
class YamlReport {
public:
    void problem(const YamlPlace& place, std::string path, std::string text);
    void warn(const YamlPlace& place, std::string text);

    std::size_t problem_count() const { return problems_.size(); }
    Problems take_problems();  ///< in the order of the files
    std::vector<Warning> take_warnings();

private:
    Problems problems_;
    std::vector<Warning> warnings_;
};

/// The path of `key` in the map at `parent`: "profiles[0].hosts".
std::string join_path(std::string_view parent, std::string_view key);

/// What was found, for a message: in quotes, control characters escaped, a long one cut. Key
/// material and other text of several lines is never repeated, nor is what a path or an address has
/// behind '?', or an address as its password.
std::string quote(std::string_view text);

/// The same for the path of a file, in which '?' is a letter as others.
std::string quote_file(std::string_view path);

}  // namespace countersign::profiles
