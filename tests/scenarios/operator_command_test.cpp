#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/scenarios/operator.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {

struct Said {
    int status = -1;
    std::string output;
    std::string errors;
};

Said run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), countersign_binary());
    Process process{arguments};
    const int status = process.wait_for_exit().value_or(-1);
    return {status, process.output(), process.errors()};
}

/// The commands that ask a proxy which runs. Its configuration says a port of the system's, so they
/// are told where.
class OperatorCommand : public testing::Test {
protected:
    std::string at() const { return "127.0.0.1:" + std::to_string(proxy_.admin_port()); }
    Said ask_it(const std::string& command, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {command, "--at", at()});
        return run(more);
    }
    std::vector<std::string> token() const {
        return {"--token-file", (partner_.files() / "admin.token").string()};
    }

    const Partner partner_;
    const ScriptedServer server_ = who_asks(partner_);
    const std::string yaml_ =
        partner_.configuration(server_.port(), {}, admin_with_token(partner_));
    ProxyUnderTest proxy_{yaml_};
};

TEST_F(OperatorCommand, HealthIsAProbe) {
    wait_until_ready(proxy_);
    for (const auto& more : {std::vector<std::string>{}, std::vector<std::string>{"--live"}}) {
        const Said said = ask_it("health", more);
        EXPECT_EQ(said.status, 0) << said.errors;
        EXPECT_EQ(said.output, more.empty() ? "ready\n" : "ok\n");
    }
}

TEST_F(OperatorCommand, StatusIsReadByPeople) {
    wait_until_ready(proxy_);
    const Said said = ask_it("status", token());
    EXPECT_EQ(said.status, 0) << said.errors;
    for (const std::string_view part :
         {"\nready\n", "\ngeneration 1, loaded 20", "\nlistener apps: 127.0.0.1:",
          "\nclients: 0, exchanges under way: 0; upstream connections: 0 in use, 0 idle\n",
          "\nprofile partner: CN=alice, expires 20"}) {
        EXPECT_TRUE(has(said.output, part)) << part << " in:\n" << said.output;
    }
    auto json = token();
    json.emplace_back("--json");
    EXPECT_TRUE(has(ask_it("status", json).output, "{\"version\":"));
}

TEST_F(OperatorCommand, ReloadSaysWhatCameOfIt) {
    const Said good = ask_it("reload", token());
    EXPECT_EQ(good.status, 0) << good.errors;
    EXPECT_EQ(good.output, "Reloaded.\n");
    proxy_.write_configuration(yaml_ + "unmatched: maybe\n");
    const Said refused = ask_it("reload", token());
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(has(refused.errors, "unmatched: found 'maybe'")) << refused.errors;
}

TEST_F(OperatorCommand, QuitEndsTheProxy) {
    const Said refused = ask_it("quit");
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(has(refused.errors, "needs the token of admin.token")) << refused.errors;
    EXPECT_EQ(ask_it("quit", token()).status, 0);
    EXPECT_EQ(proxy_.process().wait_for_exit(), 0);
}

TEST_F(OperatorCommand, DrainEndsItToo) {
    EXPECT_EQ(ask_it("drain", token()).output, "Draining.\n");
    EXPECT_EQ(proxy_.process().wait_for_exit(), 0);
}

TEST(OperatorCommands, TakeAddressAndTokenFromTheConfiguration) {
    const Partner partner;
    const auto path = partner.files() / "admin.sock";
    const auto token = partner.files().write("admin.token", std::string{kToken} + "\n");
    const std::string admin = "admin: { address: \"unix:" + path.string() +
                              "\", token: { file: " + token.string() + " } }\n";
    const ProxyUnderTest proxy{partner.configuration(443, {}, admin)};
    // What is wrong elsewhere in the file by now is not what is asked.
    const auto file = partner.files().write("edited.yaml", "profiles: 7\n" + admin);
    wait_until("it is ready", [&] { return run({"health", "-c", file}).output == "ready\n"; });
    EXPECT_EQ(run({"reload", "-c", file}).output, "Reloaded.\n");
}

TEST(OperatorCommands, ReachAProxyThatListensForOthers) {
    const Partner partner;
    const ProxyUnderTest proxy{partner.configuration(
        443, {}, "admin: { address: \"0.0.0.0:0\", allow: [192.0.2.0/24] }\n"
    )};
    const std::string at = "0.0.0.0:" + std::to_string(proxy.admin_port());
    wait_until("it is ready", [&] { return run({"health", "--at", at}).status == 0; });
}

TEST(OperatorCommands, DoNotCallAProxyIllForWhatIsInTheFileNow) {
    const Partner partner;
    const auto path = partner.files() / "admin.sock";
    const std::string at = "admin: { address: \"unix:" + path.string() + "\" }\n";
    const ProxyUnderTest proxy{partner.configuration(443, {}, at)};
    // A token that is not there: `health` shows none.
    const auto edited = partner.files().write(
        "edited.yaml", "admin: { address: \"unix:" + path.string() + "\", token: { file: gone } }\n"
    );
    wait_until("it is ready", [&] { return run({"health", "-c", edited}).status == 0; });
    EXPECT_TRUE(has(run({"reload", "-c", edited}).errors, "there is no file"));
    // What cannot be read names no address: the default is asked, whoever has it.
    const auto broken = partner.files().write("broken.yaml", at + "profiles: [\n");
    const Said said = run({"health", "-c", broken});
    EXPECT_TRUE(has(said.errors, "so the default address is asked: ")) << said.errors;
}

TEST(OperatorCommands, SayWhyNobodyAnswers) {
    const TempDir folder;
    const auto socket = (folder / "none.sock").string();
    const Said nobody = run({"health", "--at", "unix:" + socket});
    EXPECT_EQ(nobody.status, 1);
    EXPECT_TRUE(has(nobody.errors, "nobody answers at unix:" + socket + ": the proxy does not run"))
        << nobody.errors;
    const auto off = folder.write("off.yaml", "admin: off\n");
    EXPECT_TRUE(
        has(run({"health", "-c", off}).errors,
            "there is nobody to ask: the configuration says admin: off")
    );
    const auto broken = folder.write("broken.yaml", "admin: on\n");
    EXPECT_TRUE(has(run({"reload", "-c", broken}).errors, "admin: found 'on'"));
    const Said wrong = run({"health", "--at", "localhost"});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_TRUE(has(wrong.errors, "--at localhost is no address such as")) << wrong.errors;
    EXPECT_EQ(run({"quit", "now"}).status, 2);
}

}  // namespace
}  // namespace countersign::tests
