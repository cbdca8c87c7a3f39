#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace countersign::profiles {

/// One wrong configuration, as if it stood in c.yaml, and every problem it has, one in a line.
struct ProblemCase {
    std::string name;
    std::string yaml;
    std::string problems;  ///< without the "c.yaml:" before each; the working directory is "/here"
};

std::string problems_of(const std::string& yaml);

/// The suites of the reader are tables of such cases.
class ProblemTable : public testing::TestWithParam<ProblemCase> {};

std::string case_name(const testing::TestParamInfo<ProblemCase>& info);

}  // namespace countersign::profiles
