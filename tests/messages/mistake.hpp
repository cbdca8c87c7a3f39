#pragma once

#include <map>
#include <string>
#include <vector>

namespace countersign::tests {

/// A mistake that people make, and what they are told. A row of the tables beside this file;
/// README.md has the keys.
struct Mistake {
    std::string table;
    std::string name;           ///< of the test: the mistake in words, joined by '_'
    std::string configuration;  ///< countersign.yaml; empty: there is none
    std::map<std::string, std::string> files;
    std::string exposed;               ///< of them: what every user may read
    std::vector<std::string> before;   ///< a command that is no mistake; empty: none
    std::vector<std::string> command;  ///< of the program; empty: a request to it
    std::string request;
    std::string server;
    std::string says;
};

/// All tables. Throws where one cannot be read.
std::vector<Mistake> read_mistakes();

}  // namespace countersign::tests
