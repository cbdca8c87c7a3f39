#include "profiles/yaml/socket_access.hpp"

#include "profiles/yaml_reader.hpp"
#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

std::string on_socket(const std::string& more) {
    return "listeners: [{ name: a, address: 'unix:/run/a', " + more + " }]\n";
}

INSTANTIATE_TEST_SUITE_P(
    SocketAccess, ProblemTable,
    testing::Values(
        ProblemCase{
            "ModeWithoutQuotes", on_socket("mode: 660"),
            "1:54: listeners[0].mode: found '660'; expected \"0660\" in quotes; without them it "
            "may be read as another number"},
        ProblemCase{
            "OctalModeWithoutQuotes", on_socket("mode: 0600"),
            "1:54: listeners[0].mode: found '0600'; expected \"0600\" in quotes; without them it "
            "may be read as another number"},
        ProblemCase{
            "ModeWithOtherDigits", on_socket("mode: '0680'"),
            "1:54: listeners[0].mode: found '0680'; expected a mode in octal and in quotes, such "
            "as \"0660\""},
        ProblemCase{
            "ModeWithSetuid", on_socket("mode: '4660'"),
            "1:54: listeners[0].mode: found '4660'; expected a mode in octal and in quotes, such "
            "as \"0660\""},
        ProblemCase{
            "ModeInLetters", on_socket("mode: u=rw"),
            "1:54: listeners[0].mode: found 'u=rw'; expected a mode in octal and in quotes, such "
            "as \"0660\""},
        ProblemCase{
            "ModeThatLetsNobodyConnect", on_socket("mode: '0440'"),
            "1:54: listeners[0].mode: lets nobody connect, which takes the right to write; "
            "\"0660\" lets the owner and the group"},
        ProblemCase{
            "UnknownGroup", on_socket("group: no-such-group"),
            "1:55: listeners[0].group: this machine has no group 'no-such-group'; make it "
            "(groupadd --system), or name one of those that 'getent group' lists"},
        ProblemCase{
            "EmptyGroup", on_socket("group: ''"),
            "1:55: listeners[0].group: found ''; expected a group's name or number"},
        ProblemCase{
            "GroupBeyondNumbers", on_socket("group: 4294967295"),
            "1:55: listeners[0].group: found '4294967295'; expected a group's name or number"},
        ProblemCase{
            "OnTcp", "listeners: [{ name: a, address: '127.0.0.1:1', mode: '0660', group: 0 }]\n",
            "1:54: listeners[0].mode: is for unix sockets; who may connect by TCP is said by "
            "'allow'\n"
            "1:69: listeners[0].group: is for unix sockets; who may connect by TCP is said by "
            "'allow'"}
    ),
    case_name
);

Listener read(const std::string& more) {
    const auto configuration = read_configuration_text(on_socket(more), "c.yaml");
    EXPECT_TRUE(configuration.has_value()) << more;
    return configuration ? configuration->listeners[0] : Listener{};
}

TEST(SocketAccess, IsRead) {
    const Listener named = read("mode: '0600', group: root");
    const Listener numbered = read("mode: \"220\", group: 54321");

    EXPECT_EQ(named.mode, 0600U);
    EXPECT_EQ(named.group, (SocketGroup{0, "root"}));
    EXPECT_EQ(numbered.mode, 0220U);
    EXPECT_EQ(numbered.group, (SocketGroup{54321, "54321"}));
}

TEST(SocketAccess, OfAGroupWithoutAModeLetsTheGroupConnect) {
    EXPECT_EQ(read("group: 0").mode, 0660U);
    EXPECT_EQ(read("profile: null").mode, std::nullopt);
}

}  // namespace
}  // namespace countersign::profiles
