#include "proxy/generation/console_users.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::generation {
namespace {

// Of "correct horse battery".
const std::string kHash =
    "$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE";

class ConsoleUsersOfAFile : public testing::Test {
protected:
    ConsoleUsers load(const std::string& text) {
        problems_.clear();
        const auto file = files_.write("users", text);
        auto users = ConsoleUsers::load(certs::PasswordFile{file}, "c.yaml:1:2", problems_);
        for (std::string& one : problems_) {
            if (one.starts_with(file.string())) one.erase(0, file.string().size() - 5);
        }
        return users;
    }

    const tests::TempDir files_;
    std::vector<std::string> problems_;
};

TEST_F(ConsoleUsersOfAFile, AreALineEach) {
    const ConsoleUsers users = load(
        "# who may use the console\n\nanna:view:" + kHash + "\r\n  bert smith : edit : " + kHash +
        "  \n"
    );
    EXPECT_EQ(problems_, std::vector<std::string>{});
    ASSERT_NE(users.find("anna"), nullptr);
    EXPECT_EQ(users.find("anna")->role, Role::view);
    ASSERT_NE(users.find("bert smith"), nullptr);
    EXPECT_EQ(users.find("bert smith")->role, Role::edit);
    EXPECT_EQ(users.find("bert smith")->password.matches("correct horse battery"), true);
    EXPECT_EQ(users.find("Anna"), nullptr);
    EXPECT_EQ(users.find(""), nullptr);
    EXPECT_EQ(user_line("anna", Role::view, users.find("anna")->password), "anna:view:" + kHash);
}

TEST_F(ConsoleUsersOfAFile, MayHaveACertificateAlone) {
    const std::string line = "CN=anna, O=Acme:edit:certificate\n";
    const ConsoleUsers users = load(line);
    EXPECT_EQ(problems_, std::vector<std::string>{});
    const ConsoleUser* const anna = users.find("CN=anna, O=Acme");
    ASSERT_NE(anna, nullptr);
    EXPECT_EQ(anna->role, Role::edit);
    EXPECT_EQ(anna->password.matches("certificate"), false);
    EXPECT_FALSE(users.have_passwords());
    EXPECT_TRUE(load(line + "bert:view:" + kHash + "\n").have_passwords());
    EXPECT_TRUE(anna->line == load(line).find("CN=anna, O=Acme")->line) << "a reload ends nothing";
}

TEST_F(ConsoleUsersOfAFile, MayHaveACertificateWhoseSubjectHasAColon) {
    const ConsoleUsers users = load("CN=urn:acme:anna, O=Acme:view:certificate\n");
    EXPECT_EQ(problems_, std::vector<std::string>{});
    EXPECT_NE(users.find("CN=urn:acme:anna, O=Acme"), nullptr);
}

TEST_F(ConsoleUsersOfAFile, MayBeNobody) {
    EXPECT_EQ(load("# nobody yet\n").find("anna"), nullptr);
    EXPECT_EQ(problems_, std::vector<std::string>{}) << "who was taken out last is out";
}

TEST_F(ConsoleUsersOfAFile, HaveANobodyWhoIsAsDearAsTheDearest) {
    const auto dear = certs::PasswordHash::of("correct horse battery", {15, 8, 1});
    const ConsoleUsers users =
        load("anna:view:" + kHash + "\nbert:view:" + dear->text() + "\ncarl:view:" + kHash + "\n");
    EXPECT_EQ(users.nobody().cost(), (certs::ScryptCost{15, 8, 1}));
    EXPECT_EQ(users.nobody().matches("correct horse battery"), false);
    EXPECT_EQ(load("").nobody().cost(), certs::ScryptCost{});
}

TEST_F(ConsoleUsersOfAFile, DifferInTheirLineWhereAnyOfItDoes) {
    const auto line = [this](const std::string& text) { return load(text).find("anna")->line; };
    const auto first = line("anna:view:" + kHash);
    EXPECT_TRUE(first == line("# moved\n anna : view : " + kHash));
    EXPECT_FALSE(first == line("anna:edit:" + kHash));
    EXPECT_FALSE(first == line("anna:view:" + certs::PasswordHash::of("another one")->text()));
}

TEST_F(ConsoleUsersOfAFile, SayWhatIsWrongWithThemAndRepeatNoPassword) {
    const std::string how = "; `countersign console user NAME --role ROLE` makes a line";
    const std::string by_certificate =
        "; who comes by a certificate alone has the word certificate there";
    load(
        "anna:view:" + kHash + "\ngeheim-4711\nbert:geheim-4711:x\ncarl:vew:" + kHash +
        "\ndora:edit:geheim:4711\nemil:edit:$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9\n:view:" + kHash +
        "\nanna:edit:" + kHash + "\nfritz:edit:$scrypt$ln=20,r=8,p=1$c2FsdA$aGFzaA\n\x01:view:x\n" +
        std::string(201, 'n') + ":view:x\nhans:edit:Certificate\n"
    );
    const std::vector<std::string> expected{
        "users:2: is no user; a line is NAME:ROLE:HASH" + how,
        "users:3: user 'bert' has no role; behind the name stands view or edit",
        "users:4: user 'carl' has no role; behind the name stands view or edit; did you mean "
        "'view'?",
        "users:5: has a user whose name has a ':', which ends a name",
        "users:6: user 'emil' has no password: the hash is of bcrypt, and only scrypt's are "
        "taken" +
            how,
        "users:7: has a user whose name is empty",
        "users:8: user 'anna' has a line already; keep one of the two",
        "users:9: user 'fritz' has no password: the hash is too short: its salt has 8 bytes or "
        "more, and the hash itself 32" +
            how,
        "users:10: has a user whose name has characters that cannot be shown",
        "users:11: has a user whose name is longer than 200 bytes",
        "users:12: user 'hans' has no password: the hash is none: it begins with $scrypt$" + how +
            by_certificate,
    };
    EXPECT_EQ(problems_, expected);
}

TEST_F(ConsoleUsersOfAFile, AreReadFromWhatIsThere) {
    ConsoleUsers::load(certs::PasswordFile{files_ / "gone"}, "c.yaml:1:2", problems_);
    ASSERT_EQ(problems_.size(), 1U);
    EXPECT_TRUE(problems_.front().starts_with("c.yaml:1:2: console.users: ")) << problems_.front();
}

TEST(UserNameProblem, IsOfWhatCannotStandInALine) {
    EXPECT_EQ(user_name_problem("CN=Anna Müller,O=Acme"), "");
    EXPECT_EQ(user_name_problem(" anna"), "begins or ends with a blank");
    EXPECT_EQ(user_name_problem("#anna"), "begins with '#', as a comment does");
    EXPECT_EQ(user_name_problem("a:b"), "has a ':', which ends a name");
}

}  // namespace
}  // namespace countersign::proxy::generation
