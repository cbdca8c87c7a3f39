#include "tests/profiles/problem_table.hpp"

#include <filesystem>

#include "profiles/yaml_reader.hpp"

namespace countersign::profiles {

std::string problems_of(const std::string& yaml) {
    constexpr std::string_view kFile = "c.yaml";
    const auto result = read_configuration_text(yaml, kFile);
    if (result.has_value()) return "no problem";

    std::string text;
    for (const auto& problem : result.error()) {
        const auto line = problem.to_text();
        EXPECT_TRUE(line.starts_with(kFile)) << line;
        text += (text.empty() ? "" : "\n") + line.substr(kFile.size() + 1);
    }
    // The same wherever the tests are run.
    const auto here = std::filesystem::current_path().string() + "/";
    for (auto at = text.find(here); at != text.npos; at = text.find(here, at)) {
        text.replace(at, here.size(), "/here/");
    }
    return text;
}

std::string case_name(const testing::TestParamInfo<ProblemCase>& info) { return info.param.name; }

TEST_P(ProblemTable, IsReportedWithPlaceAndWords) {
    const auto& row = GetParam();

    const auto problems = problems_of(row.yaml);

    EXPECT_EQ(problems, row.problems);
}

}  // namespace countersign::profiles
