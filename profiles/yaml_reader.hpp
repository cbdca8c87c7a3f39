#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/configuration.hpp"

namespace countersign::profiles {

/// One thing wrong with a configuration. Line and column start at 1; 0: the whole file is meant.
struct Problem {
    std::string file;
    int line = 0;
    int column = 0;
    std::string path;  ///< the key's path: "profiles[2].timeouts.connect"
    std::string text;  ///< what was found, what was expected, the nearest known key

    /// "acme.yaml:12:5: profiles[0].hots: unknown key; did you mean 'hosts'?"
    std::string to_text() const;
};

template <class T>
using ReadResult = boost::system::result<T, std::vector<Problem>>;

/// One file, or a directory whose *.yaml files are read in name order as one document. Either a
/// configuration whose invariants hold, or every problem found. A key that the vocabulary has but
/// this version does not act on yet is a problem ("not supported yet"), never ignored.
ReadResult<Configuration> read_configuration(const std::filesystem::path& path);

/// One document from memory, as if it stood in `file`. For tests and fuzzers.
ReadResult<Configuration> read_configuration_text(
    std::string_view text, const std::filesystem::path& file
);

}  // namespace countersign::profiles
