#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "tests/scenarios/document.hpp"
#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// A configuration of a document, and the place for a failure's message.
struct Shown {
    std::string file;
    CodeBlock block;
    friend void PrintTo(const Shown& shown, std::ostream* out) {
        *out << shown.file << ", below '" << shown.block.heading << "'";
    }
};

std::vector<Shown> shown_in(const std::vector<std::string>& files) {
    std::vector<Shown> all;
    for (const std::string& file : files) {
        for (CodeBlock& block : code_blocks_of(file)) {
            if (block.language == "yaml") all.push_back({file, std::move(block)});
        }
    }
    return all;
}

std::vector<Shown> all_shown() {
    return shown_in(
        {"README.md", "certs/README.md", "profiles/README.md", "proxy/README.md",
         "deploy/README.md", "deploy/recipes/README.md"}
    );
}

/// The files that the documents' configurations name, as a partner and its client have them.
class Files {
public:
    /// `key_password`: of the key in acme.jks.
    explicit Files(const std::string& key_password) {
        const Issued client = partner_.issue_client("acme-client");
        write("acme.p12", client.pkcs12(kPassword, "mydomain"));
        keytool(
            {"-importkeystore", "-noprompt", "-srckeystore", path("acme.p12"), "-srcstoretype",
             "PKCS12", "-srcstorepass", kPassword, "-srcalias", "mydomain", "-destkeystore",
             path("acme.jks"), "-deststoretype", "JKS", "-deststorepass", kPassword, "-destkeypass",
             key_password}
        );
        keytool(
            {"-importcert", "-noprompt", "-alias", "root", "-file", partner_.root_file().string(),
             "-keystore", path("partners.jks"), "-storetype", "JKS", "-storepass", kPassword}
        );
        write("acme.password", std::string{kPassword} + "\n");
        write("partners.password", std::string{kPassword} + "\n");
        write("acme.crt", client.certificate_pem());
        write("issuing.crt", partner_.issuer().certificate_pem());
        write("acme.key", client.key_pem());
        write("partner-ca.pem", partner_.root().certificate_pem());
        const Issued admin = partner_.issuer().issue({.common_name = "admin", .server_auth = true});
        write("admin.crt", admin.certificate_pem());
        write("admin.key", admin.key_pem());
        write("operators-ca.pem", partner_.root().certificate_pem());
        write("billing.password", "9f86d081884c7d65\n");
        write("api.key", "6d1f\n");
        write("admin.token", "0123456789abcdef0123\n");
        write("users", "# nobody yet\n");
        std::filesystem::create_directory(partner_.files() / "console");
    }

    std::string write(const std::string& name, const std::string& text) const {
        return partner_.files().write(name, text).string();
    }
    std::string path(const char* name) const { return (partner_.files() / name).string(); }

private:
    static constexpr const char* kPassword = "changeit";

    static void keytool(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "keytool");
        run(std::move(arguments));
    }

    Partner partner_;
};

class ShownConfiguration : public testing::TestWithParam<Shown> {};

TEST_P(ShownConfiguration, IsAcceptedAsItStands) {
    const std::string& text = GetParam().block.text;
    const bool own_password = text.find("key_password: { env: KEY_PW }") != std::string::npos;
    const Files files{own_password ? "of-the-key" : "changeit"};
    // The group and the folder that an operator makes; the tests' user has these.
    const std::string with_group =
        replaced(text, "group: apps", "group: " + std::to_string(::getegid()));
    const std::string yaml =
        replaced(with_group, "unix:/run/countersign/", "unix:" + files.path(""));
    const std::string configuration = files.write("countersign.yaml", yaml);

    Process check{
        {countersign_binary(), "check", "-c", configuration},
        {.environment = {{"KEY_PW", "of-the-key"}}}};

    EXPECT_EQ(check.wait_for_exit(), 0) << check.output() << check.errors();
    EXPECT_EQ(check.output().find("problem: "), std::string::npos) << check.output();
}

std::string number_of(const testing::TestParamInfo<Shown>& row) {
    return "Number" + std::to_string(row.index + 1);
}

INSTANTIATE_TEST_SUITE_P(Of, ShownConfiguration, testing::ValuesIn(all_shown()), number_of);

/// The long example is where a key is looked up: each of the vocabulary stands in it.
TEST(Readme, ShowsEveryKeyThatTheSchemaHas) {
    const std::vector<Shown> shown = shown_in({"README.md"});
    const auto longest =
        std::max_element(shown.begin(), shown.end(), [](const Shown& a, const Shown& b) {
            return a.block.text.size() < b.block.text.size();
        });
    const std::string& text = longest->block.text;
    std::string schema = document("profiles/configuration.schema.json");
    schema.resize(schema.find("\"$defs\": {"));
    // The schema's own words.
    const std::set<std::string> no_keys{"additionalProperties",
                                        "dependentRequired",
                                        "else",
                                        "if",
                                        "items",
                                        "not",
                                        "properties",
                                        "then"};
    constexpr std::string_view kKey = "\": {";
    int keys = 0;
    for (auto at = schema.find(kKey); at != std::string::npos; at = schema.find(kKey, at + 1)) {
        const auto begin = schema.rfind('"', at - 1) + 1;
        const std::string key = schema.substr(begin, at - begin);
        if (no_keys.count(key) != 0) continue;
        ++keys;
        EXPECT_NE(text.find(key + ":"), std::string::npos) << key;
    }
    EXPECT_GT(keys, 60);
}

TEST(Readme, IsAtMostAHundredColumnsWide) {
    // Its session stands as the commands print it, which a test compares.
    constexpr std::string_view kPrinted = "certs/README.md";
    for (const std::string_view file :
         {"README.md", ".github/SECURITY.md", "certs/README.md", "deploy/CHANGELOG.md",
          "deploy/README.md", "deploy/debian/README.md", "deploy/examples/README.md",
          "deploy/recipes/README.md", "profiles/README.md", "proxy/README.md",
          "proxy/http/README.md", "tests/README.md", "tests/bench/README.md",
          "tests/messages/README.md"}) {
        std::istringstream lines{document(file)};
        bool printed = false;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("$ ")) {
                printed = file == kPrinted;
            } else if (line.starts_with("```")) {
                printed = false;
            } else if (printed) {
                continue;
            }
            const auto width = std::count_if(line.begin(), line.end(), [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // one for a character
            });
            // A row of a table cannot be broken.
            if (line.starts_with("|")) continue;
            EXPECT_LE(width, 100) << file << ": " << line;
        }
    }
}

TEST(Readme, HasAContentsThatLeadsToItsHeadings) {
    const std::string readme = document("README.md");
    const auto anchor = [](std::string heading) {
        std::string text;
        for (const char c : heading) {
            if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-') {
                text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            } else if (c == ' ') {
                text += '-';
            }
        }
        return text;
    };
    std::istringstream lines{readme};
    bool code = false;
    int headings = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) code = !code;
        if (code || !line.starts_with("## ") || line == "## Contents") continue;
        ++headings;
        EXPECT_NE(readme.find("(#" + anchor(line.substr(3)) + ")"), std::string::npos) << line;
    }
    EXPECT_GE(headings, 10);
}

}  // namespace
}  // namespace countersign::tests
