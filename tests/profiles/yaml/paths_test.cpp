#include <cstdlib>

#include "profiles/yaml_reader.hpp"
#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

struct Variables {
    Variables() {
        ::setenv("COUNTERSIGN_TEST_DIR", "/dev", 1);
        ::setenv("COUNTERSIGN_TEST_EMPTY", "", 1);
        ::unsetenv("COUNTERSIGN_TEST_MISSING");
    }
};
const Variables kVariables;

std::string trust(const std::string& file) {
    return "certificates: [{ name: a, type: trust_store_cert, file: '" + file + "' }]\n";
}

INSTANTIATE_TEST_SUITE_P(
    Paths, ProblemTable,
    testing::Values(
        ProblemCase{
            "VariableMissing", trust("${COUNTERSIGN_TEST_MISSING}/ca.pem"),
            "1:57: certificates[0].file: the environment variable 'COUNTERSIGN_TEST_MISSING' is "
            "not "
            "set"},
        ProblemCase{
            "VariableEmpty", trust("${COUNTERSIGN_TEST_EMPTY}/ca.pem"),
            "1:57: certificates[0].file: the environment variable 'COUNTERSIGN_TEST_EMPTY' is "
            "empty"},
        ProblemCase{
            "BraceMissing", trust("${HOME/ca.pem"),
            "1:57: certificates[0].file: found '${HOME/ca.pem'; expected ${NAME}, the name of an "
            "environment variable in braces"},
        ProblemCase{
            "NameMissing", trust("/${}/ca.pem"),
            "1:57: certificates[0].file: found '/${}/ca.pem'; expected ${NAME}, the name of an "
            "environment variable in braces"},
        ProblemCase{
            "VariableOfAFileThatIsNotThere", trust("${COUNTERSIGN_TEST_DIR}/none"),
            "1:57: certificates[0].file: there is no file '/dev/none'; put it there, or "
            "correct the path"},
        ProblemCase{
            "NameTooLong", trust("/" + std::string(300, 'a')),
            "1:57: certificates[0].file: '/" + std::string(199, 'a') +
                "…' cannot be looked at: File name too long"},
        ProblemCase{
            "VariableOfASocket",
            "listeners: [{ name: l, address: 'unix:${COUNTERSIGN_TEST_MISSING}/s' }]\n",
            "1:33: listeners[0].address: the environment variable 'COUNTERSIGN_TEST_MISSING' is "
            "not "
            "set"}
    ),
    case_name
);

TEST(Paths, StandForWhatTheEnvironmentSays) {
    const auto read = read_configuration_text(
        trust("${COUNTERSIGN_TEST_DIR}/null") +
            "log: { access: \"${COUNTERSIGN_TEST_DIR}/${COUNTERSIGN_TEST_DIR}$x\" }\n",
        "c.yaml"
    );

    ASSERT_TRUE(read.has_value());
    const auto& source = std::get<certs::TrustSource>(read->certificates[0].source);
    EXPECT_EQ(std::get<certs::TrustFile>(source).path, "/dev/null");
    EXPECT_EQ(read->log.access, "/dev//dev$x");
}

}  // namespace
}  // namespace countersign::profiles
