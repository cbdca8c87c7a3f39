#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/gnutls_server.hpp"

namespace countersign::tests {
namespace {

/// `danger_key_log`, beside what a real server writes of the same connections.
class KeyLog : public testing::Test {
protected:
    static std::set<std::string> lines_of(const std::filesystem::path& file) {
        std::set<std::string> lines;
        std::istringstream text{read_bytes(file)};
        for (std::string line; std::getline(text, line);) {
            if (!line.starts_with("#")) lines.insert(line);
        }
        return lines;
    }
    std::string configuration(std::uint16_t port) const {
        return partner_.configuration(port, "tls: { danger_key_log: " + ours_.string() + " }");
    }
    /// What `check` says of it.
    std::string problem() const {
        const auto file = partner_.files().write("countersign.yaml", configuration(443));
        Process check{{countersign_binary(), "check", "-c", file.string()}};
        EXPECT_EQ(check.wait_for_exit(), 1);
        return check.errors() + check.output();
    }

    const Partner partner_;
    const std::filesystem::path ours_ = partner_.files() / "ours.keys";
    const std::filesystem::path theirs_ = partner_.files() / "theirs.keys";
};

TEST_F(KeyLog, HasTheKeysOfEachConnectionAsTheServerHasThem) {
    for (const std::string version : {"1.2", "1.3"}) {
        std::filesystem::remove(ours_);
        std::filesystem::remove(theirs_);
        const ScriptedServer::Options files = partner_.server();
        const GnutlsServer server{
            {files.certificate, files.key, "NORMAL:-VERS-ALL:+VERS-TLS" + version, theirs_}};
        ProxyUnderTest proxy{configuration(server.port())};

        const Response response =
            proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));

        EXPECT_EQ(response.status, 200) << response.body;
        const std::set<std::string> ours = lines_of(ours_);
        const std::set<std::string> theirs = lines_of(theirs_);
        EXPECT_FALSE(ours.empty());
        EXPECT_FALSE(theirs.empty());
        for (const std::string& line : theirs) EXPECT_TRUE(ours.contains(line)) << line;
        EXPECT_EQ(std::filesystem::status(ours_).permissions(), std::filesystem::perms{0600});
        ASSERT_EQ(proxy.stop(), 0);
        EXPECT_NE(
            proxy.log().find(
                "profile 'partner': tls.danger_key_log: " + ours_.string() +
                " gets THE KEYS OF EVERY CONNECTION: who reads it can read all that is sent and "
                "received"
            ),
            std::string::npos
        ) << proxy.log();
    }
}

// As who set the log up before, or who would have it elsewhere, left it.
TEST_F(KeyLog, IsWrittenToNoFileThatIsNotForThisUserAlone) {
    partner_.files().write("ours.keys", "");
    ::chmod(ours_.c_str(), 0644);
    EXPECT_NE(
        problem().find(
            "profile 'partner': tls.danger_key_log: others may open " + ours_.string() +
            ", and what is in it opens every connection; run: chmod 600 " + ours_.string()
        ),
        std::string::npos
    ) << problem();

    std::filesystem::rename(ours_, theirs_);
    std::filesystem::create_symlink(theirs_, ours_);
    EXPECT_NE(
        problem().find(
            ours_.string() + " cannot be written to: it is a symbolic link; name the "
                             "file that it leads to"
        ),
        std::string::npos
    ) << problem();

    std::filesystem::remove(ours_);
    std::filesystem::create_directory(ours_);
    EXPECT_NE(
        problem().find(ours_.string() + " cannot be written to: Is a directory"), std::string::npos
    ) << problem();

    std::filesystem::remove(ours_);
    ASSERT_EQ(::mkfifo(ours_.c_str(), 0600), 0);
    EXPECT_NE(
        problem().find(
            ours_.string() + " cannot be written to: it is a pipe or a socket; name a file"
        ),
        std::string::npos
    ) << problem();
    EXPECT_TRUE(read_bytes(theirs_).empty());
}

TEST_F(KeyLog, IsWrittenToNoFolderThatIsNotThere) {
    const std::string file = (partner_.files() / "missing" / "ours.keys").string();
    const std::string yaml = partner_.configuration(443, "tls: { danger_key_log: " + file + " }");
    const std::string problem = "profile 'partner': tls.danger_key_log: " + file +
                                " cannot be written to: No such file or directory";

    Process check{
        {countersign_binary(), "check", "-c",
         partner_.files().write("countersign.yaml", yaml).string()}};
    EXPECT_EQ(check.wait_for_exit(), 1);
    EXPECT_NE(check.output().find(problem), std::string::npos) << check.output();
    const RefusedStart run = start_expecting_refusal(yaml);
    EXPECT_EQ(run.status, 1);
    EXPECT_NE(run.message.find(problem), std::string::npos) << run.message;
}

// As root it would be root's, and the service could not open it.
TEST_F(KeyLog, IsMadeByNobodyWhoOnlyLooks) {
    const auto file = partner_.files().write("countersign.yaml", configuration(443)).string();
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"check"}, {"explain", "http://localhost/"}}) {
        std::vector<std::string> line{countersign_binary()};
        line.insert(line.end(), command.begin(), command.end());
        line.insert(line.end(), {"-c", file});
        Process process{line};

        EXPECT_EQ(process.wait_for_exit(), 0) << process.errors() << process.output();
        EXPECT_FALSE(std::filesystem::exists(ours_)) << command.front();
    }
}

TEST_F(KeyLog, IsToldToBeLostWhereItCannotBeOpenedInTheEnd) {
    const ScriptedServer server{partner_.server(), [](Peer& peer) {
                                    if (!peer.read_request().empty()) peer.write(ok("whole"));
                                }};
    ProxyUnderTest proxy{configuration(server.port())};
    partner_.files().write("ours.keys", "");
    ::chmod(ours_.c_str(), 0644);

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "whole");

    ASSERT_EQ(proxy.stop(), 0);
    EXPECT_NE(
        proxy.log().find(
            "tls.danger_key_log: others may open " + ours_.string() +
            ", and what is in it opens every connection; run: chmod 600 " + ours_.string() +
            ". No keys are written."
        ),
        std::string::npos
    ) << proxy.log();
    EXPECT_TRUE(read_bytes(ours_).empty());
}

}  // namespace
}  // namespace countersign::tests
