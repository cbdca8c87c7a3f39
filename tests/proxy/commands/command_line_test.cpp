#include "proxy/commands/command_line.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::commands {
namespace {

using Arguments = std::vector<std::string_view>;
using Command = CommandLine::Command;

struct GoodRow {
    const char* name;
    Arguments arguments;
    Command command;
    const char* configuration;
    bool json;
};

class GoodCommandLine : public testing::TestWithParam<GoodRow> {};

TEST_P(GoodCommandLine, IsUnderstood) {
    const ParsedCommandLine parsed = parse_command_line(GetParam().arguments);

    ASSERT_TRUE(parsed.command_line) << parsed.error;
    EXPECT_EQ(parsed.error, "");
    EXPECT_EQ(parsed.command_line->command, GetParam().command);
    EXPECT_EQ(parsed.command_line->configuration, GetParam().configuration);
    EXPECT_EQ(parsed.command_line->json, GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodCommandLine,
    testing::Values(
        GoodRow{"run", {"run"}, Command::run, "", false},
        GoodRow{"run_with_path", {"run", "-c", "a.yaml"}, Command::run, "a.yaml", false},
        GoodRow{"long_option", {"run", "--config", "/etc/x"}, Command::run, "/etc/x", false},
        GoodRow{"last_path_counts", {"run", "-c", "a", "-c", "b"}, Command::run, "b", false},
        GoodRow{"check", {"check"}, Command::check, "", false},
        GoodRow{"check_json", {"check", "--json"}, Command::check, "", true},
        GoodRow{"any_order", {"check", "--json", "-c", "x"}, Command::check, "x", true},
        GoodRow{"explain", {"explain", "http://a/", "--json"}, Command::explain, "", true},
        GoodRow{"explain_path_first", {"explain", "-c", "x", "/a"}, Command::explain, "x", false},
        GoodRow{"schema", {"schema"}, Command::schema, "", false},
        GoodRow{"version", {"--version"}, Command::version, "", false},
        GoodRow{"help", {"--help"}, Command::help, "", false},
        GoodRow{"short_help", {"-h"}, Command::help, "", false},
        GoodRow{"help_word", {"help"}, Command::help, "", false},
        GoodRow{"help_of_a_command", {"run", "-c", "x", "--help"}, Command::help, "", false}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

struct BadRow {
    const char* name;
    Arguments arguments;
    const char* error;
};

class BadCommandLine : public testing::TestWithParam<BadRow> {};

TEST_P(BadCommandLine, IsRefusedWithTheReason) {
    const ParsedCommandLine parsed = parse_command_line(GetParam().arguments);

    EXPECT_FALSE(parsed.command_line);
    EXPECT_EQ(parsed.error, GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadCommandLine,
    testing::Values(
        BadRow{"nothing", {}, "a command is missing"},
        BadRow{"unknown_command", {"serve"}, "unknown command 'serve'"},
        BadRow{"unknown_option", {"run", "--fast"}, "unknown argument '--fast'"},
        BadRow{"stray_word", {"run", "a.yaml"}, "unknown argument 'a.yaml'"},
        BadRow{"path_missing", {"run", "-c"}, "-c needs a path"},
        BadRow{"long_path_missing", {"check", "--config"}, "--config needs a path"},
        BadRow{"run_has_no_json", {"run", "--json"}, "unknown argument '--json'"},
        BadRow{
            "explain_without_url",
            {"explain", "--json"},
            "explain needs a URL, such as http://api.partner.example/orders"},
        BadRow{"explain_two_urls", {"explain", "/a", "/b"}, "unknown argument '/b'"},
        BadRow{"explain_value_missing", {"explain", "/a", "--method"}, "--method needs a value"},
        BadRow{
            "method_is_for_explain", {"check", "--method", "GET"}, "unknown argument '--method'"},
        BadRow{"schema_reads_nothing", {"schema", "-c", "a"}, "unknown argument '-c'"},
        BadRow{"later", {"probe", "https://x"}, "'probe' is not supported yet by this version"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(Explain, KeepsWhatItIsAsked) {
    const auto parsed = parse_command_line(
        {"explain", "http://a/", "--client", "billing", "--client", "10.0.0.1", "--listener",
         "apps", "--method", "PUT", "--header", "A: b"}
    );

    ASSERT_TRUE(parsed.command_line) << parsed.error;
    const ImaginedRequest& asked = parsed.command_line->asked;
    EXPECT_EQ(asked.url, "http://a/");
    EXPECT_EQ(asked.clients, (std::vector<std::string>{"billing", "10.0.0.1"}));
    EXPECT_EQ(asked.listener, "apps");
    EXPECT_EQ(asked.method, "PUT");
    EXPECT_EQ(asked.headers, std::vector<std::string>{"A: b"});
}

TEST(FindConfiguration, TakesThePathThatIsNamed) {
    CommandLine command_line;
    command_line.configuration = "named.yaml";

    EXPECT_EQ(find_configuration(command_line), "named.yaml");
    EXPECT_EQ(no_configuration(command_line), "");
}

TEST(FindConfiguration, SaysWhatWasTriedWhereThereIsNone) {
    const tests::TempDir empty;
    const auto before = std::filesystem::current_path();
    const bool installed = std::filesystem::exists("/etc/countersign");
    CommandLine check;
    check.command = CommandLine::Command::check;
    CommandLine schema;
    schema.command = CommandLine::Command::schema;

    std::filesystem::current_path(empty.path());
    const std::string said = no_configuration(check);
    const std::string of_schema = no_configuration(schema);
    empty.write("countersign.yaml", "");
    const std::string there = no_configuration(check);
    std::filesystem::current_path(before);

    EXPECT_EQ(
        said, installed
                  ? ""
                  : "there is no configuration: neither " + (empty / "countersign.yaml").string() +
                        " nor /etc/countersign exists; say with -c PATH where it is"
    );
    EXPECT_EQ(of_schema, "");
    EXPECT_EQ(there, "");
}

}  // namespace
}  // namespace countersign::proxy::commands
