#pragma once

#include <string>

#include "tests/catalogue/row.hpp"

namespace countersign::tests {

/// What became of a row's request, in the words of the tables.
struct Outcome {
    std::string verdict;
    int status = 0;
    std::string error;
    std::string side;
    std::string reason;
    std::string remedy;
    std::string answer;  ///< with its head
    std::string access;  ///< the last line of the access log
    std::string log;     ///< and the program's own
};

/// Starts the row's server and the proxy, and asks as often as the row says.
Outcome outcome_of(const Row& row);

}  // namespace countersign::tests
