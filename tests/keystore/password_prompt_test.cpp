#include <gtest/gtest.h>
#include <signal.h>

#include "tests/keystore/terminal.hpp"
#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

std::vector<std::string> command(std::initializer_list<std::string> words) {
    std::vector<std::string> argv{countersign_binary(), "keystore"};
    argv.insert(argv.end(), words);
    return argv;
}

const std::initializer_list<std::string> kGenerate{"generate",  "a.jks", "--alias", "a",
                                                   "--subject", "CN=a",  "--key",   "ec"};

TEST(PasswordPrompt, AsksTwiceForANewStoreAndShowsNothing) {
    const User user;
    Terminal terminal{command(kGenerate), user.files().path()};

    terminal.expect("New password of a.jks: ");
    EXPECT_FALSE(terminal.echoes());
    terminal.type("sesame-42\n");
    terminal.expect("The same once more: ");
    EXPECT_FALSE(terminal.echoes());
    terminal.type("sesame-42\n");
    terminal.expect("a.jks: made");

    EXPECT_EQ(terminal.wait_for_exit(), 0) << terminal.shown();
    EXPECT_EQ(terminal.shown().find("sesame"), std::string::npos) << terminal.shown();
    EXPECT_NE(user.must({"list", "a.jks"}).find("CN=a"), std::string::npos);
}

TEST(PasswordPrompt, AsksForThatOfAUserOfTheConsole) {
    const User user;
    Terminal terminal{
        {countersign_binary(), "console", "user", "anna", "--role", "edit"}, user.files().path()};

    terminal.expect("Password of anna: ");
    EXPECT_FALSE(terminal.echoes());
    terminal.type("correct horse\n");
    terminal.expect("The same once more: ");
    terminal.type("correct horse\n");
    terminal.expect("anna:edit:$scrypt$ln=14,r=8,p=5$");

    EXPECT_EQ(terminal.wait_for_exit(), 0) << terminal.shown();
    EXPECT_EQ(terminal.shown().find("correct horse"), std::string::npos) << terminal.shown();
}

TEST(PasswordPrompt, WritesNothingWhereTheTwoDiffer) {
    const User user;
    Terminal terminal{command(kGenerate), user.files().path()};

    terminal.expect("New password of a.jks: ");
    terminal.type("sesame-42\n");
    terminal.expect("The same once more: ");
    terminal.type("sesame-43\n");
    terminal.expect("the two passwords differ");

    EXPECT_EQ(terminal.wait_for_exit(), 1);
    EXPECT_FALSE(std::filesystem::exists(user / "a.jks"));
}

TEST(PasswordPrompt, AsksOnceForAStoreThatExistsAndForAKeyOfItsOwn) {
    const User user;
    user.files().write("key-pw", "another-42");
    user.must(
        {"generate", "a.jks", "--alias", "a", "--subject", "CN=a", "--key", "ec",
         "--key-password-file", "key-pw"}
    );
    Terminal terminal{command({"request", "a.jks", "--out", "a.csr"}), user.files().path()};

    terminal.expect("Password of a.jks: ");
    terminal.type("sesame-42\n");
    terminal.expect("Password of the key in a.jks, alias a: ");
    terminal.type("another-42\n");
    terminal.expect("a.csr: a request for CN=a");

    EXPECT_EQ(terminal.wait_for_exit(), 0);
}

TEST(PasswordPrompt, AsksNothingWhereNoneIsNeeded) {
    const User user;
    user.must({"generate", "a.jks", "--alias", "a", "--subject", "CN=a", "--key", "ec"});
    user.must({"export", "a.jks", "--out", "a.pem"});
    Terminal terminal{command({"list", "a.pem"}), user.files().path()};

    terminal.expect("a.pem: PEM, 1 entry");

    EXPECT_EQ(terminal.wait_for_exit(), 0);
}

TEST(PasswordPrompt, GivesTheTerminalBackWhenItIsInterrupted) {
    const User user;
    Terminal terminal{command(kGenerate), user.files().path()};

    terminal.expect("New password of a.jks: ");
    EXPECT_FALSE(terminal.echoes());
    terminal.type("half\x03");
    const int status = terminal.wait_for_exit();

    EXPECT_EQ(status, 128 + SIGINT);
    EXPECT_TRUE(terminal.echoes());
    EXPECT_FALSE(std::filesystem::exists(user / "a.jks"));
}

}  // namespace
}  // namespace countersign::tests
