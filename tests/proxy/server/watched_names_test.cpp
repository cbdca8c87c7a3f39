#include "proxy/server/watched_names.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::server {
namespace {

namespace fs = std::filesystem;

class WatchedNamesTest : public testing::Test {
protected:
    std::set<std::string> names_in(const fs::path& directory, const fs::path& file) const {
        WatchedNames names = watched_names({file});
        return names[directory].names;
    }

    tests::TempDir directory_;
    const fs::path top_ = fs::canonical(directory_.path());
};

using Names = std::set<std::string>;

TEST_F(WatchedNamesTest, AreTheNameOfAFileInItsDirectory) {
    EXPECT_EQ(names_in(top_, top_ / "a.pem"), Names{"a.pem"}) << "whether or not it is there";
}

TEST_F(WatchedNamesTest, HaveTheLinksOfAMountedSecret) {
    fs::create_directory(top_ / "..1");
    directory_.write("..1/tls.key", "key");
    fs::create_symlink("..1", top_ / "..data");
    fs::create_symlink("..data/tls.key", top_ / "tls.key");

    EXPECT_EQ(names_in(top_, top_ / "tls.key"), (Names{"..1", "..data", "tls.key"}));
    EXPECT_EQ(names_in(top_ / "..1", top_ / "tls.key"), Names{"tls.key"});
}

TEST_F(WatchedNamesTest, HaveALinkInTheMiddleOfThePath) {
    fs::create_directory(top_ / "first");
    fs::create_directory_symlink("first", top_ / "live");

    EXPECT_EQ(names_in(top_, top_ / "live" / "a.pem"), (Names{"first", "live"}));
    EXPECT_EQ(names_in(top_ / "first", top_ / "live" / "a.pem"), Names{"a.pem"});
}

TEST_F(WatchedNamesTest, HaveEveryNameInADirectoryOfTrust) {
    fs::create_directory(top_ / "trust");

    EXPECT_EQ(names_in(top_ / "trust", top_ / "trust"), Names{""});
    EXPECT_EQ(names_in(top_, top_ / "trust"), Names{"trust"});
}

TEST_F(WatchedNamesTest, HaveTheDirectoriesAboveByTheirNamesAlone) {
    const WatchedNames names = watched_names({top_ / "conf" / "acme" / "a.pem"});

    EXPECT_EQ(names.at(top_).names, Names{"conf"}) << "whether or not it is there";
    EXPECT_FALSE(names.at(top_).content);
    EXPECT_EQ(names.at(top_ / "conf").names, Names{"acme"});
    EXPECT_EQ(names.at(top_ / "conf" / "acme").names, Names{"a.pem"});
    EXPECT_TRUE(names.at(top_ / "conf" / "acme").content);
    EXPECT_TRUE(names.contains("/"));
}

TEST_F(WatchedNamesTest, GoUpFromWhereALinkLeads) {
    fs::create_directories(top_ / "far" / "away");
    fs::create_directory_symlink("far/away", top_ / "link");

    EXPECT_EQ(names_in(top_ / "far", top_ / "link" / ".." / "a.pem"), (Names{"away", "a.pem"}));
}

TEST_F(WatchedNamesTest, AreNoneOfARelativePathInADirectoryThatIsGone) {
    const fs::path before = fs::current_path();
    fs::create_directory(top_ / "gone");
    fs::current_path(top_ / "gone");
    fs::remove(top_ / "gone");

    EXPECT_TRUE(watched_names({"a.pem"}).empty());

    fs::current_path(before);
}

TEST_F(WatchedNamesTest, EndWhereLinksGoRound) {
    fs::create_symlink("b", top_ / "a");
    fs::create_symlink("a", top_ / "b");

    EXPECT_EQ(names_in(top_, top_ / "a"), (Names{"a", "b"}));
}

}  // namespace
}  // namespace countersign::proxy::server
