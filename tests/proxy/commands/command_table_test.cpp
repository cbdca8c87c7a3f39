#include "proxy/commands/command_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "proxy/commands/command_line.hpp"

namespace countersign::proxy::commands {
namespace {

TEST(CommandTable, HasEveryCommandThatTheUsageNames) {
    std::set<std::string> names;
    for (const CommandSyntax& syntax : command_table()) names.insert(syntax.name);

    std::istringstream usage{std::string{commands::usage()}};
    std::set<std::string> told;
    for (std::string line; std::getline(usage, line);) {
        std::istringstream words{line};
        std::string program;
        std::string command;
        if (line.starts_with("  countersign ") && words >> program >> command) told.insert(command);
    }

    EXPECT_GE(told.size(), 8U);
    for (const std::string& command : told) EXPECT_TRUE(names.contains(command)) << command;
}

TEST(CommandTable, SaysOfEachCommandWhatItIsAndHowItIsUsed) {
    for (const CommandSyntax& syntax : command_table()) {
        EXPECT_FALSE(summary_of(syntax).empty()) << syntax.name;
        EXPECT_FALSE(syntax.example.empty()) << syntax.name;
        for (const OptionSyntax& option : all_options(syntax)) {
            EXPECT_FALSE(option.help.empty()) << syntax.name << ' ' << option.names;
            EXPECT_FALSE(option.take) << syntax.name << ' ' << option.names;
        }
    }
}

TEST(CommandTable, TellsWhatIsBelowTheProgramFromWhatIsBelowKeystore) {
    const std::vector<CommandSyntax> table = command_table();

    EXPECT_EQ(subcommands(table, "keystore").size(), 11U);
    EXPECT_EQ(subcommands(table, "console").size(), 1U);
    EXPECT_EQ(subcommands(table, {}).size() + 11U + 1U + 1U, table.size());
    EXPECT_TRUE(subcommands(table, "run").empty());
    EXPECT_EQ(last_word("keystore list"), "list");
    EXPECT_EQ(last_word("run"), "run");
}

struct SummaryRow {
    const char* name;
    const char* about;
    const char* summary;
};

class SummaryOf : public testing::TestWithParam<SummaryRow> {};

TEST_P(SummaryOf, IsTheFirstSentence) {
    CommandSyntax syntax;
    syntax.about = GetParam().about;

    EXPECT_EQ(summary_of(syntax), GetParam().summary);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SummaryOf,
    testing::Values(
        SummaryRow{"one_sentence", "Serves.", "serves"},
        SummaryRow{"two_sentences", "Serves, always. And stops.", "serves, always"},
        SummaryRow{"colon", "Finds faults: of keys. Exit status 1.", "finds faults"},
        SummaryRow{"article", "A proxy. It runs.", "a proxy"},
        SummaryRow{"acronym", "TLS is made.", "TLS is made"},
        SummaryRow{"full_stop_in_a_word", "Reads *.yaml files. All.", "reads *.yaml files"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::commands
