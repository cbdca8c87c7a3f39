#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Parser, ProblemTable,
    testing::Values(
        ProblemCase{
            "Empty", "",
            " nothing stands in it but blank lines and comments; begin with a profile, such as "
            "profiles: [{ name: partner, hosts: [api.partner.example] }]"},
        ProblemCase{
            "OnlyComments", "# later\n",
            " nothing stands in it but blank lines and comments; begin with a profile, such as "
            "profiles: [{ name: partner, hosts: [api.partner.example] }]"},
        ProblemCase{
            "OnlyDocumentStart", "---\n",
            " nothing stands in it but blank lines and comments; begin with a profile, such as "
            "profiles: [{ name: partner, hosts: [api.partner.example] }]"},
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
            "1:16: log.access: found ''; expected stdout, stderr, off or a file's path, such as "
            "./access.log"},
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
            "2:16: not valid YAML: the quotation mark \" that begins here is never closed; put "
            "another \" at the end of its text"},
        ProblemCase{
            "UnclosedSingleQuote",
            "workers: 2\n"
            "log: 'a",
            "2:6: not valid YAML: the quotation mark ' that begins here is never closed; put "
            "another ' at the end of its text"},
        ProblemCase{
            "UnclosedQuoteThatHoldsQuotes", "log: 'it''s\n",
            "2:1: not valid YAML: the document ends inside of quotes"},
        ProblemCase{
            "QuoteClosedByATypographicOne",
            "# Acme's\n"
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: ['a.example', \"b.example\u201d]\n",
            "4:26: not valid YAML: the quotation mark \" that begins here is never closed: \u201d, "
            "a "
            "typographic quotation mark, closes none"},
        ProblemCase{
            "TypographicQuotes",
            "profiles:\n"
            "  - name: \u201cpartner\u201d\n"
            "    preserve_host: \u2018true\u2019\n"
            "    \u201chosts\u201d: [\u00aba.example\u00bb, \u201ez]\n",
            "2:11: profiles[0].name: begins with \u201c, a typographic quotation mark, which YAML "
            "takes for a letter; write \" or '\n"
            "3:20: profiles[0].preserve_host: begins with \u2018, a typographic quotation mark, "
            "which YAML takes for a letter; write \" or '\n"
            "4:5: profiles[0]: begins with \u201c, a typographic quotation mark, which YAML takes "
            "for a letter; write \" or '\n"
            "4:19: profiles[0].hosts[0]: begins with \u00ab, a typographic quotation mark, which "
            "YAML takes for a letter; write \" or '\n"
            "4:34: profiles[0].hosts[1]: begins with \u201e, a typographic quotation mark, which "
            "YAML takes for a letter; write \" or '"},
        ProblemCase{
            "UnclosedBrace", "log: { level: info\n",
            "2:1: not valid YAML: the '{' in line 1 is not closed by '}'"},
        ProblemCase{
            "UnclosedBracket",
            "profiles:\n"
            "  - name: partner\n"
            "    hosts: [\"a]\", b.example # ]\n"
            "    trust: [system]\n",
            "4:5: not valid YAML: the '[' in line 3 is not closed by ']'"},
        ProblemCase{
            "WrongIndent",
            "log:\n"
            "  level: info\n"
            " access: off\n",
            "3:2: not valid YAML: line 3 begins in column 2, where nothing above does that is "
            "still "
            "open; keys of one map, and dashes of one list, stand in one column"},
        ProblemCase{
            "IndentOfAKeyBesideADash",
            "profiles:\n"
            "  - name: partner\n"
            "  hosts: [a.example]\n",
            "3:3: not valid YAML: line 3 begins in column 3, but the key in line 2 begins in "
            "column "
            "5; keys that belong together begin in the same column: indent line 3 by 2 more "
            "spaces"},
        ProblemCase{
            "IndentBelowAValue",
            "profiles:\n"
            "  - name: partner\n"
            "      # the partner's\n"
            "      hosts: [a.example]\n",
            "4:7: not valid YAML: line 4 begins in column 7, but the key in line 2 begins in "
            "column "
            "5; keys that belong together begin in the same column: indent line 4 by 2 fewer "
            "spaces"},
        ProblemCase{
            "NoSpaceBehindAColon",
            "profiles:\n"
            "  - name:partner\n"
            "    hosts: [a.example]\n",
            "2:9: not valid YAML: line 2 has no space after its colon; write KEY: VALUE"},
        ProblemCase{
            "NoSpaceBehindAColonInAMapThatIsOneText",
            "log:\n"
            "  level:debug\n",
            "2:3: log: found 'level:debug'; expected a map with keys such as level; a space is "
            "missing behind a colon"},
        ProblemCase{
            "NoSpaceBehindTheColonOfAKnownKey", "log: { level:debug }\n",
            "1:8: log.'level…': unknown key; a space is missing behind 'level:'"},
        ProblemCase{
            "NoSpaceBehindADash",
            "profiles:\n"
            "  -name: partner\n"
            "   hosts: [a.example]\n",
            "2:3: not valid YAML: line 2 has no space after its dash; write - KEY: VALUE"},
        ProblemCase{
            "ColonInAValue",
            "certificates:\n"
            "  - name: acme\n"
            "    description: Acme: its client\n",
            "3:22: not valid YAML: a value with ': ' in it needs quotes"},
        ProblemCase{
            "TabAsIndent",
            "log:\n"
            "  level: info\n"
            "  \tformat: text\n",
            "3:3: not valid YAML: line 3 is indented with a tab; YAML takes spaces"},
        ProblemCase{
            "TabBeforeADash",
            "profiles:\n"
            "\t- name: partner\n",
            "2:2: not valid YAML: line 2 is indented with a tab; YAML takes spaces"},
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
            "3:1: workers: stands here again, first at 1:1; keep one"},
        ProblemCase{
            "DuplicateList",
            "profiles:\n"
            "  - { name: a, hosts: [a.example], hosts: [b.example] }\n",
            "2:36: profiles[0].hosts: stands here again, first at 2:16; keep one, with the values "
            "of both"},
        ProblemCase{
            "DuplicateNestedKey",
            "profiles:\n"
            "  - name: a\n"
            "  - name: b\n"
            "    tls: { min_version: 1.2, min_version: 1.3 }\n",
            "4:30: profiles[1].tls.min_version: stands here again, first at 4:12; keep one"},
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
