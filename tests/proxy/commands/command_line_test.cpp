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
        GoodRow{"joined_value", {"run", "--config=a.yaml"}, Command::run, "a.yaml", false},
        GoodRow{"short_joined_value", {"run", "-ca.yaml"}, Command::run, "a.yaml", false},
        GoodRow{"path_like_an_option", {"run", "-c", "--json"}, Command::run, "--json", false},
        GoodRow{"version", {"--version"}, Command::version, "", false},
        GoodRow{"short_version", {"-V"}, Command::version, "", false},
        GoodRow{"version_word", {"version"}, Command::version, "", false},
        GoodRow{"keystore", {"keystore", "list", "--help"}, Command::keystore, "", false},
        GoodRow{
            "console_user",
            {"console", "user", "anna", "--role", "edit"},
            Command::console_user,
            "",
            false},
        GoodRow{"help_of_console", {"console", "--help"}, Command::help, "", false},
        GoodRow{"help_of_console_user", {"help", "console", "user"}, Command::help, "", false},
        GoodRow{"completion", {"completion", "bash"}, Command::completion, "", false},
        GoodRow{"man", {"man", "keystore", "list"}, Command::man, "", false},
        GoodRow{"man_into", {"man", "--directory", "x"}, Command::man, "", false},
        GoodRow{"help", {"--help"}, Command::help, "", false},
        GoodRow{"short_help", {"-h"}, Command::help, "", false},
        GoodRow{"help_word", {"help"}, Command::help, "", false},
        GoodRow{"help_of_a_command", {"run", "-c", "x", "--help"}, Command::help, "", false},
        GoodRow{"help_of_the_version", {"version", "--help"}, Command::help, "", false}
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
        BadRow{
            "unknown_command",
            {"serve"},
            "unknown command 'serve'; `countersign --help` lists what there is"},
        BadRow{
            "mistyped_command",
            {"chek"},
            "unknown command 'chek'; did you mean 'check'? `countersign --help` lists what there "
            "is"},
        BadRow{
            "mistyped_option_in_front",
            {"--versoin"},
            "unknown option '--versoin'; did you mean '--version'? `countersign --help` lists what "
            "there is"},
        BadRow{
            "console_without_a_command",
            {"console"},
            "console needs a command: countersign console user NAME --role ROLE"},
        BadRow{
            "console_with_another",
            {"console", "usr", "anna"},
            "unknown command 'console usr'; did you mean 'user'? `countersign console --help` "
            "lists what there is"},
        BadRow{
            "user_without_a_name",
            {"console", "user", "--role", "edit"},
            "console user needs a name, such as anna"},
        BadRow{
            "two_users",
            {"console", "user", "anna", "smith", "--role", "edit"},
            "one user can be made at a time, and 'smith' is a second one; quote a name that has "
            "blanks"},
        BadRow{
            "user_without_a_role",
            {"console", "user", "anna"},
            "console user needs --role view, or --role edit"},
        BadRow{
            "user_of_another_role",
            {"console", "user", "anna", "--role", "admin"},
            "--role is view (look) or edit (change), not 'admin'"},
        BadRow{
            "user_with_two_passwords",
            {"console", "user", "anna", "--role", "edit", "--password-file", "a", "--password-env",
             "B"},
            "--password-env names a second source of the same password; one is enough"},
        BadRow{
            "user_with_a_colon",
            {"console", "user", "an:na", "--role", "edit"},
            "the name 'an:na' has a ':', which ends a name"},
        BadRow{
            "unknown_option",
            {"run", "--fast"},
            "unknown option '--fast'; `countersign run --help` lists what there is"},
        BadRow{
            "mistyped_option",
            {"run", "--conifg", "x"},
            "unknown option '--conifg'; did you mean '--config'? `countersign run --help` lists "
            "what there is"},
        BadRow{
            "one_dash_for_two",
            {"run", "-config", "x"},
            "unknown option '-config'; did you mean '--config'? `countersign run --help` lists "
            "what there is"},
        BadRow{
            "value_is_not_repeated",
            {"check", "--jsn=yes"},
            "unknown option '--jsn'; did you mean '--json'? `countersign check --help` lists what "
            "there is"},
        BadRow{
            "stray_word",
            {"run", "a.yaml"},
            "'a.yaml' is no option; a configuration is named with -c: -c a.yaml"},
        BadRow{"path_missing", {"run", "-c"}, "-c needs a value: -c PATH"},
        BadRow{"long_path_missing", {"check", "--config"}, "--config needs a value: --config PATH"},
        BadRow{"path_empty", {"check", "--config=", "a"}, "--config is empty"},
        BadRow{"path_empty_behind", {"run", "-c", ""}, "--config is empty"},
        BadRow{
            "short_name_with_equals",
            {"check", "-c=a.yaml"},
            "-c takes its value without '=': -c PATH"},
        BadRow{
            "option_before_the_command",
            {"-c", "a.yaml", "check"},
            "the command comes before its options: countersign check -c PATH"},
        BadRow{"flag_with_a_value", {"check", "--json=yes"}, "--json takes no value"},
        BadRow{
            "run_has_no_json",
            {"run", "--json"},
            "unknown option '--json'; `countersign run --help` lists what there is"},
        BadRow{
            "explain_without_url",
            {"explain", "--json"},
            "explain needs a URL, such as http://api.partner.example/orders"},
        BadRow{
            "explain_two_urls",
            {"explain", "/a", "/b"},
            "one URL can be explained at a time, and '/b' is a second one; quote a value that has "
            "blanks"},
        BadRow{
            "explain_value_missing",
            {"explain", "/a", "--method"},
            "--method needs a value: --method METHOD"},
        BadRow{
            "method_is_for_explain",
            {"check", "--method", "GET"},
            "unknown option '--method'; `countersign check --help` lists what there is"},
        BadRow{
            "schema_reads_nothing",
            {"schema", "-c", "a"},
            "unknown option '-c'; `countersign schema --help` lists what there is"},
        BadRow{"schema_word", {"schema", "a"}, "'a' is no option, and schema needs none"},
        BadRow{"version_word", {"version", "a"}, "'a' is no option, and version needs none"},
        BadRow{
            "version_option",
            {"--version", "--json"},
            "unknown option '--json'; `countersign version --help` lists what there is"},
        BadRow{
            "control_characters",
            {"\x1b[2J"},
            "unknown command '\\x1b[2J'; `countersign --help` lists what there is"},
        BadRow{
            "probe_without_url",
            {"probe"},
            "probe needs a URL, such as https://api.partner.example/orders, or --all"},
        BadRow{
            "probe_two_urls",
            {"probe", "/a", "/b"},
            "one URL can be probed at a time, and '/b' is a second one; --all tries every "
            "destination of the configuration"},
        BadRow{
            "probe_without_a_scheme",
            {"probe", "api.partner.example:443"},
            "'api.partner.example:443' is no URL: it begins with a scheme, as "
            "https://api.partner.example/orders does"},
        BadRow{
            "probe_all_and_one",
            {"probe", "--all", "/a"},
            "--all tries every destination, and needs no URL"},
        BadRow{
            "probe_all_and_more",
            {"probe", "--all", "--also", "bob"},
            "--also, --save-chain, --client, --listener and --method are for one URL, and do not "
            "go with --all"},
        BadRow{
            "probe_with_and_without_a_configuration",
            {"probe", "/a", "-c", "b.yaml", "--trust", "ca.pem"},
            "--key-store and --trust are for a destination without a configuration, and do not go "
            "with -c, --also and --all; with a configuration its profiles say both"},
        BadRow{
            "probe_password_of_nothing",
            {"probe", "/a", "--password-env", "P"},
            "--key, --alias and a password are for a --key-store, which is missing"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(Explain, KeepsWhatItIsAsked) {
    const auto parsed = parse_command_line(
        {"explain", "http://a/", "--client", "billing", "--client", "10.0.0.1", "--listener",
         "apps", "--method", "PUT", "--header", "A: b"}
    );

    ASSERT_TRUE(parsed.command_line) << parsed.error;
    const explain::ImaginedRequest& asked = parsed.command_line->asked;
    EXPECT_EQ(asked.url, "http://a/");
    EXPECT_EQ(asked.clients, (std::vector<std::string>{"billing", "10.0.0.1"}));
    EXPECT_EQ(asked.listener, "apps");
    EXPECT_EQ(asked.method, "PUT");
    EXPECT_EQ(asked.headers, std::vector<std::string>{"A: b"});
}

TEST(Probe, KeepsWhatItIsAsked) {
    const auto parsed = parse_command_line(
        {"probe", "https://a/", "--key-store", "a.p12", "--alias", "x", "--trust", "b.pem",
         "--trust", "c.pem", "--password-file", "p", "--method", "GET", "--save-chain", "d.pem"}
    );

    ASSERT_TRUE(parsed.command_line) << parsed.error;
    const ProbeOptions& probe = parsed.command_line->probe;
    EXPECT_EQ(parsed.command_line->asked.url, "https://a/");
    EXPECT_EQ(parsed.command_line->asked.method, "GET");
    EXPECT_TRUE(probe.is_alone());
    EXPECT_EQ(probe.trust, (std::vector<std::filesystem::path>{"b.pem", "c.pem"}));
    EXPECT_EQ(std::get<certs::PasswordFile>(*probe.password).path, "p");
    EXPECT_EQ(probe.save_chain, "d.pem");
    EXPECT_TRUE(probe.asks);
}

TEST(Explain, KeepsAnAddressInBrackets) {
    const auto parsed = parse_command_line({"explain", "http://[::1]/", "--client", "[::1]"});

    ASSERT_TRUE(parsed.command_line) << parsed.error;
    EXPECT_EQ(parsed.command_line->asked.clients, std::vector<std::string>{"[::1]"});
}

TEST(Help, OfACommandHasItsOptionsAndAnExample) {
    const struct {
        const char* command;
        std::vector<const char*> has;
    } kCommands[] = {
        {"run", {"-c, --config PATH", "SIGTERM"}},
        {"check", {"-c, --config PATH", "--json", "Exit status: 0"}},
        {"explain",
         {"explain URL", "--client WHO", "--listener NAME", "--method METHOD", "--header",
          "--json"}},
        {"schema", {"JSON Schema"}},
        {"version", {"-V"}},
    };
    for (const auto& [command, has] : kCommands) {
        const auto asked = parse_command_line({command, "--help"});
        const auto turned = parse_command_line({"help", command});

        ASSERT_TRUE(asked.command_line && turned.command_line) << command;
        const std::string& help = asked.command_line->help;
        EXPECT_EQ(turned.command_line->help, help);
        for (const char* part : has) EXPECT_NE(help.find(part), std::string::npos) << help;
        EXPECT_NE(help.find("\nExample:\n  countersign " + std::string{command}), std::string::npos)
            << help;
        EXPECT_NE(help.find("-h, --help"), std::string::npos) << help;
        for (std::size_t at = 0; at < help.size();) {
            const std::size_t end = help.find('\n', at);
            ASSERT_NE(end, std::string::npos) << "a last line without its end";
            EXPECT_LE(end - at, 100u) << help.substr(at, end - at);
            at = end + 1;
        }
    }
}

TEST(Help, OfTheProgramNamesEveryCommand) {
    for (const Arguments& arguments : {Arguments{"--help"}, {"help"}, {"help", "help"}}) {
        const auto parsed = parse_command_line(arguments);

        ASSERT_TRUE(parsed.command_line);
        for (const char* command :
             {"run", "check", "explain", "schema", "keystore", "console", "version"}) {
            EXPECT_NE(
                parsed.command_line->help.find("  countersign " + std::string{command}),
                std::string::npos
            );
        }
    }
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
