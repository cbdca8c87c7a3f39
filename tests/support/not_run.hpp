#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace countersign::tests {

/// Says that a test has nothing to run with. Where all that tests need was installed
/// (tests/run.sh), that is a failure.
inline void tell_not_run(const std::string& why) {
    std::cout << "not run, because " << why << "\n";
    if (std::getenv("EVERYTHING_IS_INSTALLED") != nullptr) ADD_FAILURE() << "not run: " << why;
}

}  // namespace countersign::tests
