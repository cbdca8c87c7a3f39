// Every mistake of the tables is made, and the whole of what the program says is what stands there.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>

#include "tests/messages/material.hpp"
#include "tests/messages/mistake.hpp"
#include "tests/support/proxy_under_test.hpp"
#include "tests/support/said.hpp"

namespace countersign::tests {
namespace {

/// Lines in the tables end without spaces, and the text with one line end.
std::string trimmed(const std::string& text) {
    std::string out = std::regex_replace(text, std::regex{" +\n"}, "\n");
    while (out.ends_with('\n')) out.pop_back();
    return out + "\n";
}

class Message : public testing::TestWithParam<Mistake> {
protected:
    std::string filled_in(const std::string& text) const {
        const std::string port = std::to_string(port_);
        return replaced(
            replaced(replaced(text, "{dir}", directory()), "{port}", port), "{authority}",
            "127.0.0.1:" + port
        );
    }
    std::string said(std::string text) const {
        if (port_ != 0) {
            const std::string port = std::to_string(port_);
            text = replaced(replaced(text, "127.0.0.1:" + port, "{authority}"), port, "{port}");
        }
        if (proxy_port_ != 0) {
            text = replaced(text, "127.0.0.1:" + std::to_string(proxy_port_), "{proxy}");
        }
        return trimmed(without_chance(replaced(text, directory(), "{dir}")));
    }

    std::unique_ptr<Process> started(const std::vector<std::string>& command) const {
        std::vector<std::string> argv{countersign_binary()};
        for (const std::string& argument : command) argv.push_back(filled_in(argument));
        return std::make_unique<Process>(
            argv, Process::Options{.environment = {}, .directory = material_.files().path()}
        );
    }

    std::string run_command() {
        const auto process = started(GetParam().command);
        const int status = process->wait_for_exit().value_or(-1);
        const std::string text = said(process->output() + process->errors());
        const bool only_warned = text.find(": no problem, ") != std::string::npos ||
                                 text.find(": 0 error(s), ") != std::string::npos;
        EXPECT_TRUE(only_warned ? status == 0 : status == 1 || status == 2) << status;
        return text;
    }

    std::string ask() {
        const ProxyUnderTest proxy{filled_in(GetParam().configuration)};
        std::string request = GetParam().request;
        proxy_port_ = proxy.port();
        if (request.empty()) request = "GET http://{authority}/ HTTP/1.1\nHost: {authority}\n";
        request = replaced(filled_in(request) + "Accept: text/plain\n\n", "\n", "\r\n");
        request = replaced(request, "{proxy}", "127.0.0.1:" + std::to_string(proxy_port_));
        const Response answer = proxy.exchange(request);
        // Behind that stands how the connection was tried, with times.
        const std::string told =
            answer.body.substr(0, answer.body.find("\n\n", answer.body.find("\nreason:")));
        return said(answer.head.substr(0, answer.head.find("\r\n")) + "\n" + told);
    }

    std::string directory() const { return material_.files().path().string(); }

    Material material_;
    std::uint16_t port_ = 0;
    std::uint16_t proxy_port_ = 0;
};

TEST_P(Message, SaysWhatIsWrongAndWhatToDo) {
    const Mistake& mistake = GetParam();
    const ClosedPort nobody;
    std::unique_ptr<ScriptedServer> server;
    if (mistake.server == "none") {
        port_ = nobody.port();
    } else if (!mistake.server.empty()) {
        server = material_.server(mistake.server);
        port_ = server->port();
    }
    for (const auto& [name, text] : mistake.files) {
        std::filesystem::permissions(
            material_.files().write(name, filled_in(text)),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
        );
    }
    if (!mistake.configuration.empty()) {
        material_.files().write("countersign.yaml", filled_in(mistake.configuration));
    }

    if (!mistake.exposed.empty()) {
        constexpr auto kOthersToo = std::filesystem::perms{0644};
        std::filesystem::permissions(material_.files().path(), std::filesystem::perms{0755});
        std::filesystem::permissions(material_.files() / mistake.exposed, kOthersToo);
    }
    if (!mistake.before.empty()) {
        const auto process = started(mistake.before);
        ASSERT_EQ(process->wait_for_exit(), 0) << process->errors();
    }

    const std::string says = mistake.command.empty() ? ask() : run_command();

    EXPECT_EQ(says, trimmed(mistake.says));
    if (const char* folder = std::getenv("MESSAGES_SEEN")) {
        std::ofstream{std::filesystem::path{folder} / (mistake.table + "." + mistake.name)} << says;
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, Message, testing::ValuesIn(read_mistakes()), [](const auto& row) {
    return row.param.table + "_" + row.param.name;
});

TEST(Messages, AreOfAtLeastNinetyFiveMistakes) { EXPECT_GE(read_mistakes().size(), 95U); }

}  // namespace
}  // namespace countersign::tests
