#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Parser, ProblemTable,
    testing::Values(
        ProblemCase{
            "Empty", "", " empty; expected keys such as listeners, certificates and profiles"},
        ProblemCase{
            "OnlyComments", "# later\n",
            " empty; expected keys such as listeners, certificates and profiles"},
        ProblemCase{
            "OnlyDocumentStart", "---\n",
            " empty; expected keys such as listeners, certificates and profiles"},
        ProblemCase{
            "Text", "profiles",
            "1:1: found text; expected keys such as listeners, certificates and profiles"},
        ProblemCase{
            "List", "- name: partner\n",
            "1:1: found a list; expected keys such as listeners, certificates and profiles"},
        ProblemCase{
            "NotUtf8",
            "log:\n"
            "  level: \xff\n",
            "2:10: not UTF-8 text; save the file as UTF-8"},
        ProblemCase{"Utf16", "\xff\xfel", "1:1: not UTF-8 text; save the file as UTF-8"},
        ProblemCase{"Overlong", "log: \xc0\xaf\n", "1:6: not UTF-8 text; save the file as UTF-8"},
        ProblemCase{
            "NulByte", std::string("workers: 2\0\n", 12),
            "1:11: a control character; nothing but text, tabs and line ends may stand here"},
        ProblemCase{
            "ControlCharacter", "log: { access: \"a\x1b[2J.log\" }\n",
            "1:18: a control character; nothing but text, tabs and line ends may stand here"},
        ProblemCase{
            "ControlCharacterAboveAscii",
            "log: { access: \"a\xc2\x9b"
            "2J.log\" }\n",
            "1:18: a control character; nothing but text, tabs and line ends may stand here"},
        ProblemCase{
            "EscapedControlCharacter", "log: { access: \"a\\0.log\" }\n",
            "1:16: log.access: a control character; nothing but text, tabs and line ends may stand "
            "here\n"
            "1:16: log.access: found '' in quotes; expected stdout, stderr, off or a file's path, "
            "such as ./access.log"},
        ProblemCase{
            "SecondDocument",
            "workers: 2\n"
            "---\n"
            "workers: 3\n",
            "2:1: a second document begins here; a file holds one"},
        ProblemCase{
            "UnclosedQuote",
            "workers: 2\n"
            "log: { access: \"a\n",
            "3:1: not valid YAML: the document ends inside of quotes"},
        ProblemCase{
            "UnclosedSingleQuote",
            "workers: 2\n"
            "log: 'a",
            "3:1: not valid YAML: the document ends inside of quotes"},
        ProblemCase{
            "UnclosedBrace", "log: { level: info\n",
            "2:1: not valid YAML: end of map flow not found; text that begins with one of [{*&!%@` "
            "needs quotes"},
        ProblemCase{
            "WrongIndent",
            "log:\n"
            "  level: info\n"
            " access: off\n",
            "3:2: not valid YAML: end of map not found; text that begins with one of [{*&!%@` "
            "needs quotes"},
        ProblemCase{
            "TabAsIndent",
            "log:\n"
            "  level: info\n"
            "  \tformat: text\n",
            "3:3: not valid YAML: illegal tab when looking for indentation; text that begins with "
            "one of [{*&!%@` needs quotes"},
        ProblemCase{
            "UnquotedStar",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [*.partner.example]\n",
            "3:13: not valid YAML: the referenced anchor is not defined; text that begins with one "
            "of [{*&!%@` needs quotes"},
        ProblemCase{
            "UnquotedBracket",
            "listeners:\n"
            "  - name: apps\n"
            "    address: [::1]:3128\n",
            "3:19: not valid YAML: end of map not found; text that begins with one of [{*&!%@` "
            "needs quotes"},
        ProblemCase{
            "DuplicateKey",
            "workers: 2\n"
            "log: { level: info }\n"
            "workers: 3\n",
            "3:1: workers: duplicate key; it first stands in line 1"},
        ProblemCase{
            "DuplicateNestedKey",
            "profiles:\n"
            "  - name: a\n"
            "  - name: b\n"
            "    tls: { min_version: 1.2, min_version: 1.3 }\n",
            "4:30: profiles[1].tls.min_version: duplicate key; it first stands in line 4"},
        ProblemCase{
            "MergeKey",
            "log: &base { level: info }\n"
            "profiles:\n"
            "  - name: a\n"
            "    timeouts: { <<: *base }\n",
            "4:17: profiles[0].timeouts: '<<' does not merge maps here; write the keys out"},
        ProblemCase{
            "KeyThatIsAList",
            "? [workers]\n"
            ": 2\n",
            "1:3: a key is text; found a list, a map or nothing"},
        ProblemCase{
            "KeyThatIsNothing", "~: 2\n", "1:1: a key is text; found a list, a map or nothing"},
        ProblemCase{
            "Tag", "workers: !!int 2\n",
            "1:10: workers: a tag is not read here; put text that begins with '!' in quotes"},
        ProblemCase{
            "OwnTag", "workers: !secret 2\n",
            "1:10: workers: a tag is not read here; put text that begins with '!' in quotes"},
        ProblemCase{
            "AliasInItself",
            "profiles: &all\n"
            "  - *all\n",
            "2:5: profiles[0]: an alias inside the value that it stands for\n"
            "2:5: profiles[0]: found nothing; expected a profile: a map with name and hosts"},
        ProblemCase{
            "TooDeep",
            "log: "
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
            "1:37: "
            "log[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]["
            "0][0][0][0]: lists and maps stand more than 32 deep in each other"},
        ProblemCase{
            "MarkedVersion",
            "%YAML 3.0\n"
            "---\n"
            "workers: 2\n",
            "1:1: not valid YAML: YAML major version too large; text that begins with one of "
            "[{*&!%@` needs quotes"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
