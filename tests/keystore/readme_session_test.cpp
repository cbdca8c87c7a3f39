#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>

#include "tests/keystore/user.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/nginx.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

/// The commands of the README's session, one each: lines that begin with "$ ", and those that go on
/// after a backslash.
std::vector<std::string> commands_of(const std::string& readme, const std::string& heading) {
    const std::size_t begin = readme.find("```", readme.find("\n" + heading + "\n"));
    const std::string block = readme.substr(begin, readme.find("\n```", begin) - begin + 1);
    std::vector<std::string> commands;
    bool goes_on = false;
    for (std::size_t at = 0; at < block.size();) {
        const std::size_t end = block.find('\n', at);
        const std::string line = block.substr(at, end - at);
        at = end + 1;
        if (goes_on) {
            commands.back() += "\n" + line;
        } else if (line.starts_with("$ ")) {
            commands.push_back(line.substr(2));
        } else {
            continue;
        }
        goes_on = line.ends_with('\\');
    }
    return commands;
}

/// What the README prints below a command is what it prints, but for what is different each time.
std::string without_what_changes(std::string text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!std::isxdigit(static_cast<unsigned char>(text[i]))) {
            out += text[i];
        } else if (out.empty() || out.back() != '#') {
            out += '#';
        }
    }
    return out;
}

TEST(Readme, SessionMakesAnIdentityThatARealServerAccepts) {
    const std::string readme = read_bytes(CERTS_README);
    const std::vector<std::string> commands = commands_of(readme, "## From nothing to an identity");
    ASSERT_EQ(commands.size(), 8u);
    const User user;
    std::filesystem::remove(user / "pw");
    const std::filesystem::path binary{countersign_binary()};
    const Ca root = Ca::root("Demo Root CA");
    const Ca issuing = root.intermediate("Demo Issuing CA");

    for (const std::string& command : commands) {
        // The authority's part: its files come by mail, between the request and the import.
        if (std::filesystem::exists(user / "mydomain.csr") &&
            !std::filesystem::exists(user / "mydomain.crt")) {
            user.files().write("root.crt", root.certificate_pem());
            user.files().write("issuing.crt", issuing.certificate_der());
            user.files().write(
                "mydomain.crt", user.sign(issuing, "mydomain.csr", "acme-client").certificate_pem()
            );
        }
        const Ended ended =
            user.shell("PATH=" + binary.parent_path().string() + ":$PATH\n" + command);
        ASSERT_EQ(ended.status, 0) << command << "\n" << ended.errors << ended.output;
        for (std::size_t at = 0; at < ended.output.size();) {
            const std::size_t end = ended.output.find('\n', at);
            const std::string line = ended.output.substr(at, end - at);
            at = end + 1;
            EXPECT_NE(
                without_what_changes(readme).find(without_what_changes("\n" + line + "\n")),
                std::string::npos
            ) << "the README does not show, after `"
              << command << "`:\n"
              << line;
        }
    }

    const Issued server = issuing.issue(
        {.common_name = "localhost", .ip_addresses = {"127.0.0.1"}, .server_auth = true}
    );
    user.files().write("server.crt", server.chain_pem());
    user.files().write("server.key", server.key_pem());
    Nginx nginx{
        {.certificate = user / "server.crt",
         .key = user / "server.key",
         .client_ca = user / "root.crt"}};
    const std::string directory = user.files().path().string();
    const ProxyUnderTest proxy{
        "certificates:\n"
        "  - { name: acme, type: java_key_store, file: " +
        directory +
        "/my.keystore,\n"
        "      password: { file: " +
        directory +
        "/my.password }, alias: mydomain }\n"
        "  - { name: ca, type: trust_store_cert, file: " +
        directory +
        "/root.crt }\n"
        "profiles:\n"
        "  - { name: demo, hosts: [127.0.0.1], key_store: acme, trust: [ca] }\n"};

    const Response response =
        proxy.exchange(get("http://" + nginx.authority() + "/whoami", nginx.authority()));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "verify"), "SUCCESS");
    EXPECT_EQ(value_of(response.body, "subject"), "CN=acme-client");
}

}  // namespace
}  // namespace countersign::tests
