#include "profiles/yaml/process_user.hpp"

#include "profiles/yaml_reader.hpp"
#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    ProcessUser, ProblemTable,
    testing::Values(
        ProblemCase{
            "Unknown", "user: no-such-user\n",
            "1:7: user: this machine has no user 'no-such-user'; make it (useradd --system), or "
            "name one of those that 'getent passwd' lists"},
        ProblemCase{"Empty", "user: ''\n", "1:7: user: found ''; expected a user's name or number"},
        ProblemCase{
            "BeyondNumbers", "user: 4294967295\n",
            "1:7: user: found '4294967295'; expected a user's name or number"},
        ProblemCase{
            "List", "user: [root]\n", "1:7: user: found a list; expected a user's name or number"},
        ProblemCase{
            "OtherSandbox", "sandbox: strict\n",
            "1:10: sandbox: found 'strict'; expected auto or off"}
    ),
    case_name
);

Configuration read(std::string_view text) {
    auto configuration = read_configuration_text(text, "countersign.yaml");
    EXPECT_TRUE(configuration.has_value());
    return configuration ? std::move(*configuration) : Configuration{};
}

TEST(ProcessUser, IsNoneUnlessOneIsNamed) {
    EXPECT_EQ(read("workers: 1\n").user, std::nullopt);
    EXPECT_EQ(read("user: null\n").user, std::nullopt);
}

TEST(ProcessUser, HasTheGroupOfItsEntry) {
    const ProcessUser nobody{65534, 65534, "nobody", "nobody"};
    EXPECT_EQ(read("user: nobody\n").user, nobody);
    EXPECT_EQ(read("user: root\n").user, (ProcessUser{0, 0, "root", "root"}));
    EXPECT_EQ(read("user: 0\n").user, (ProcessUser{0, 0, "0", "root"}));
}

TEST(ProcessUser, WithoutAnEntryHasTheGroupOfItsNumber) {
    EXPECT_EQ(
        read("user: 3987654321\n").user, (ProcessUser{3987654321, 3987654321, "3987654321", ""})
    );
}

TEST(Sandbox, IsOnUnlessItIsOff) {
    EXPECT_EQ(read("workers: 1\n").sandbox, SandboxRule::automatic);
    EXPECT_EQ(read("sandbox: auto\n").sandbox, SandboxRule::automatic);
    EXPECT_EQ(read("sandbox: off\n").sandbox, SandboxRule::off);
}

}  // namespace
}  // namespace countersign::profiles
