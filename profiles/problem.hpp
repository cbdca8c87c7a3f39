#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <vector>

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

/// Everything wrong with a configuration, in the order of its files.
struct Problems : std::vector<Problem> {
    using std::vector<Problem>::vector;
    /// It names key stores or trust stores that nothing is wrong with so far: they are opened once
    /// the rest is right.
    bool unopened_stores = false;
};

template <class T>
using ReadResult = boost::system::result<T, Problems>;

}  // namespace countersign::profiles
