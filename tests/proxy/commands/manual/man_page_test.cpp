#include "proxy/commands/manual/man_page.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "proxy/commands/command_table.hpp"
#include "proxy/commands/manual/troff.hpp"

namespace countersign::proxy::commands {
namespace {

constexpr Edition kEdition{"1.2.3", "2026-11-27"};

std::string page_of(const CommandSyntax& syntax) { return man_page({syntax}, syntax, kEdition); }

TEST(ManPage, NamesEveryOptionOfItsCommandWithWhatStandsBehindIt) {
    const std::vector<CommandSyntax> table = command_table();
    for (const CommandSyntax& syntax : table) {
        const std::string page = man_page(table, syntax, kEdition);
        for (const OptionSyntax& option : all_options(syntax)) {
            std::string hung{names_of(option).back()};
            hung = troff_bold(hung);
            if (!option.value.empty()) hung += ' ' + troff_italic(option.value);
            EXPECT_NE(page.find(hung + '\n'), std::string::npos) << syntax.name << ' ' << hung;
        }
    }
}

TEST(ManPage, LeadsToThePagesBelowItAndBack) {
    const std::vector<CommandSyntax> table = command_table();
    const std::string above = man_page(table, *subcommands(table, {}).back(), kEdition);
    const std::string below = man_page(table, *subcommands(table, "keystore").front(), kEdition);

    for (const CommandSyntax* one : subcommands(table, "keystore")) {
        EXPECT_NE(above.find(troff_bold(page_name(one->name)) + "(1)\n"), std::string::npos);
    }
    EXPECT_NE(below.find(troff_bold("countersign-keystore") + "(1),\n"), std::string::npos);
}

TEST(ManPage, IsWrittenInOneForm) {
    const std::string page = page_of(
        {"keystore show",
         "STORE --alias NAME",
         "Shows it: all of it.",
         {{"-a,--alias", "NAME", "the entry", {}}},
         "More of it.\n  as it stands\n",
         "  countersign keystore show a.jks\n"}
    );

    EXPECT_EQ(
        page,
        ".\\\" Made by `countersign man`, of what the program understands.\n"
        ".TH COUNTERSIGN\\-KEYSTORE\\-SHOW 1 2026-11-27 \"Countersign 1.2.3\" \"Countersign\"\n"
        ".nh\n"
        ".ad l\n"
        ".SH NAME\n"
        "countersign\\-keystore\\-show \\- shows it\n"
        ".SH SYNOPSIS\n"
        "\\fBcountersign keystore show\\fR \\fISTORE\\fR \\fB\\-\\-alias\\fR \\fINAME\\fR\n"
        "[\\fIOPTIONS\\fR]\n"
        ".SH DESCRIPTION\n"
        "Shows it: all of it.\n"
        ".PP\n"
        "More of it.\n"
        ".EX\n"
        "  as it stands\n"
        ".EE\n"
        ".SH OPTIONS\n"
        ".TP\n"
        "\\fB\\-a\\fR, \\fB\\-\\-alias\\fR \\fINAME\\fR\n"
        "the entry\n"
        ".TP\n"
        "\\fB\\-h\\fR, \\fB\\-\\-help\\fR\n"
        "prints how the command is used\n"
        ".SH EXAMPLES\n"
        ".EX\n"
        "  countersign keystore show a.jks\n"
        ".EE\n"
        ".SH SEE ALSO\n"
        "\\fBcountersign\\-keystore\\fR(1)\n"
    );
}

TEST(ManPage, BreaksLongLinesWithoutMakingARequestOfAWord) {
    const std::string dots(70, 'x');
    const std::string about = "Reads " + dots + " .so and more of " + dots + ".";
    CommandSyntax syntax;
    syntax.name = "read";
    syntax.about = about;
    syntax.example = "  countersign read\n";
    std::istringstream lines{page_of(syntax)};

    bool found = false;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 80U) << line;
        EXPECT_FALSE(line.starts_with(".so")) << line;
        found = found || line.starts_with("\\&.so");
    }
    EXPECT_TRUE(found);
}

}  // namespace
}  // namespace countersign::proxy::commands
