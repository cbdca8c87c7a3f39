#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/scenarios/document.hpp"
#include "tests/scenarios/scenario.hpp"
#include "tests/support/not_run.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kRecipes = "deploy/recipes/README.md";

/// A recipe is what stands below its heading: a command, and mostly the program that it runs.
struct Recipe {
    std::string heading;
    std::string probe;  ///< a command that succeeds where the recipe's program is installed
    friend void PrintTo(const Recipe& recipe, std::ostream* out) { *out << recipe.heading; }
};

/// No proxy but the recipe's.
const std::string kNoProxy =
    "unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY "
    "JAVA_TOOL_OPTIONS GOFLAGS\n";

const std::vector<Recipe> kRunnable{
    {"curl", "curl --version"},
    {"curl, through a unix socket", "curl --version"},
    {"curl, as a named client", "curl --version"},
    {"wget", "wget --version"},
    {"Python, urllib", "python3 --version"},
    {"Python, requests", "python3 -c 'import requests'"},
    {"Java, HttpURLConnection", "java --list-modules | grep jdk.compiler"},
    {"Java, HttpClient", "java --list-modules | grep jdk.compiler"},
    {"Node", "node --version"},
    {"PHP", "php --version"},
    {"Perl", "perl -MHTTP::Tiny -e 1"},
    {"Go", "go version"},
    {"No proxy setting at all", "curl --version"},
};

bool is_installed(const Recipe& recipe) {
    Process probe{{"/bin/sh", "-c", recipe.probe}};
    return probe.wait_for_exit() == 0;
}

/// Its command (sh) or its program (any other language).
std::string block(const Recipe& recipe, bool command) {
    for (const CodeBlock& block : code_blocks_of(kRecipes)) {
        const bool is_program = block.language != "sh" && block.language != "yaml";
        if (block.heading == recipe.heading && (command ? block.language == "sh" : is_program)) {
            return block.text;
        }
    }
    return {};
}

/// "java -D… Orders.java\n" → "Orders.java"
std::string last_word(std::string command) {
    command.resize(command.find_last_not_of(" \n") + 1);
    return command.substr(command.rfind(' ') + 1);
}

/// api.partner.example, which demands a client certificate, behind a proxy that leads there.
class Recipes : public testing::TestWithParam<Recipe> {
protected:
    Nginx::Options partners_server() const {
        const Issued server = partner_.issuer().issue(
            {.common_name = "api", .dns_names = {"api.partner.example"}, .server_auth = true}
        );
        return {
            .certificate = partner_.files().write("api.pem", server.chain_pem()),
            .key = partner_.files().write("api.key", server.key_pem()),
            .client_ca = partner_.root_file(),
            .extra = "    rewrite ^/orders$ /whoami last;\n"};
    }
    std::string configuration() const {
        return "listeners:\n  - { name: apps, address: 127.0.0.1:0 }\n"
               "  - { name: local, address: \"unix:" +
               socket_.string() +
               "\" }\n"
               "  - { name: direct, address: 127.0.0.1:0, profile: partner, upstream: "
               "\"api.partner.example:443\" }\n"
               "clients: [{ name: billing, password: hunter2 }]\n" +
               partner_.certificates() +
               "profiles:\n  - { name: partner, hosts: [api.partner.example], connect_to: \"" +
               nginx_.authority() + "\", key_store: alice, trust: [partner-ca] }\n";
    }
    /// As it stands, but for the ports that are free on this machine.
    std::string here(std::string text) const {
        // A port of this machine may have the other's digits: none is written before both are out.
        text = replaced(replaced(text, "3128", "<apps>"), "9443", "<direct>");
        text = replaced(text, "<apps>", std::to_string(proxy_.port("apps")));
        text = replaced(text, "<direct>", std::to_string(proxy_.port("direct")));
        return replaced(text, "/run/countersign/apps.sock", socket_.string());
    }
    /// Nothing that a program would leave in the user's folders, or fetch.
    Process::Options environment() const {
        Process::Options options;
        options.environment["HOME"] = partner_.files().path().string();
        options.environment["GOCACHE"] = (partner_.files() / "go").string();
        options.environment["GOTOOLCHAIN"] = "local";
        options.environment["GO111MODULE"] = "off";
        options.directory = partner_.files().path();
        return options;
    }

    const Partner partner_;
    const std::filesystem::path socket_ = partner_.files() / "apps.sock";
    const Nginx nginx_{partners_server()};
    const ProxyUnderTest proxy_{configuration()};
};

TEST_P(Recipes, GetTheAnswerOfAServerThatDemandsTheCertificate) {
    const std::string command = here(block(GetParam(), true));
    const std::string program = here(block(GetParam(), false));
    ASSERT_NE(command, "") << "no recipe in " << kRecipes;
    if (!is_installed(GetParam())) {
        return tell_not_run(
            "'" + GetParam().probe + "' fails here; tests/run.sh --install installs what it needs"
        );
    }
    partner_.files().write("billing.password", "hunter2\n");
    if (!program.empty()) partner_.files().write(last_word(command), program);

    const std::string answer = run({"/bin/sh", "-c", kNoProxy + command}, environment());

    EXPECT_EQ(value_of(answer, "subject"), "CN=alice") << answer;
    EXPECT_EQ(value_of(answer, "verify"), "SUCCESS");
    EXPECT_EQ(value_of(answer, "host"), "api.partner.example");
    const std::string line = proxy_.access_line_with({"profile=partner"});
    const bool named = GetParam().heading == "curl, as a named client";
    EXPECT_EQ(line.find(" name=billing") != std::string::npos, named) << line;
}

std::string words_of(const testing::TestParamInfo<Recipe>& row) {
    std::string name = row.param.heading;
    std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
    return name;
}

INSTANTIATE_TEST_SUITE_P(Of, Recipes, testing::ValuesIn(kRunnable), words_of);

TEST(RecipesFile, HasNoRecipeThatNobodyRuns) {
    std::set<std::string> run;
    for (const Recipe& recipe : kRunnable) run.insert(recipe.heading);
    std::set<std::string> written;
    for (const CodeBlock& block : code_blocks_of(kRecipes)) written.insert(block.heading);

    run.insert(".NET");  // says itself that it is not tested
    EXPECT_EQ(written, run);
}

/// The README's table shows of each recipe what matters.
TEST(RecipesFile, HasWhatTheReadmeShowsOfIt) {
    const std::string readme = document("README.md");
    const std::string recipes = document(kRecipes);
    const auto begin = readme.find("| program | what it needs |");
    ASSERT_NE(begin, std::string::npos);
    const std::string table = readme.substr(begin, readme.find("\n\n", begin) - begin);
    int shown = 0;
    for (auto at = table.find('`'); at != std::string::npos; ++shown) {
        const auto end = table.find('`', at + 1);
        const std::string code = table.substr(at + 1, end - at - 1);
        EXPECT_NE(recipes.find(code), std::string::npos) << code;
        at = table.find('`', end + 1);
    }
    EXPECT_GE(shown, 11);
}

}  // namespace
}  // namespace countersign::tests
