#include "proxy/commands/completion/completion.hpp"

#include <gtest/gtest.h>

#include <string>

#include "proxy/commands/command_table.hpp"

// What the real shells make of the scripts: tests/deploy/completion_test.sh.
namespace countersign::proxy::commands {
namespace {

const std::vector<CommandSyntax>& small_table() {
    static const std::vector<CommandSyntax> table{
        {"", "COMMAND", "The program.", {}, "", ""},
        {"keep", "COMMAND", "Keeps it.", {}, "", ""},
        {"keep show",
         "STORE",
         "Shows what it's for: all.",
         {{"-a,--alias", "NAME", "the [one] entry", {}}, {"--to", "KIND", "of it", {}}},
         "",
         ""}};
    return table;
}

bool has(const std::string& script, const std::string& line) {
    return script.find(line + "\n") != std::string::npos;
}

TEST(BashCompletion, KnowsCommandsOptionsAndValues) {
    const std::string script = bash_completion(small_table());

    EXPECT_TRUE(has(script, "        \"keep show -a\" | \"keep show --alias\") : ;;")) << script;
    EXPECT_TRUE(has(script, "        \"keep show --to\") words=\"jks jceks pkcs12 pem\" ;;"));
    EXPECT_TRUE(has(
        script,
        "                \"keep\")\n"
        "                    if [[ $word == -* ]]; then words=\"--help\"; else words=\"show\"; fi"
    ));
    EXPECT_TRUE(
        has(script,
            "                \"keep show\")\n"
            "                    if [[ $word == -* ]]; then words=\"--alias --to --help\"; else "
            "files=yes; fi")
    );
}

TEST(ZshCompletion, KnowsCommandsOptionsAndValues) {
    const std::string script = zsh_completion(small_table());

    EXPECT_TRUE(has(script, "                    'show:shows what it'\\''s for'")) << script;
    EXPECT_TRUE(
        has(script,
            "        ('keep show')\n"
            "            _arguments -S \\\n"
            "                '*'{-a+,--alias=}'[the \\[one\\] entry]:NAME: ' \\\n"
            "                '*--to=[of it]:KIND:(jks jceks pkcs12 pem)' \\\n"
            "                '*'{-h,--help}'[prints how the command is used]' \\\n"
            "                '*:STORE:_files'")
    );
}

TEST(FishCompletion, KnowsCommandsOptionsAndValues) {
    const std::string script = fish_completion(small_table());
    const std::string line = "complete -c countersign -n '__countersign_";

    EXPECT_TRUE(has(script, line + "next keep' -a show -d 'shows what it\\'s for'")) << script;
    EXPECT_TRUE(has(script, line + "in keep show' -s a -l alias -x -d 'the [one] entry'"));
    EXPECT_TRUE(has(script, line + "in keep show' -l to -x -a 'jks jceks pkcs12 pem' -d 'of it'"));
    EXPECT_TRUE(has(script, line + "in keep show' -F"));
}

TEST(Completion, HasEveryOptionOfTheProgramInEachShell) {
    const std::vector<CommandSyntax> table = command_table();
    const std::string bash = bash_completion(table);
    const std::string zsh = zsh_completion(table);
    const std::string fish = fish_completion(table);

    for (const CommandSyntax& syntax : table) {
        for (const OptionSyntax& option : syntax.options) {
            const std::string name{names_of(option).back()};
            EXPECT_NE(bash.find(name + ' '), std::string::npos) << name;
            EXPECT_NE(zsh.find(name), std::string::npos) << name;
            EXPECT_NE(fish.find(" -l " + name.substr(2) + ' '), std::string::npos) << name;
        }
    }
}

}  // namespace
}  // namespace countersign::proxy::commands
