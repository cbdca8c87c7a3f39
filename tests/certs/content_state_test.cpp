#include "certs/content_state.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>

#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::content_state_of;

class ContentState : public testing::Test {
protected:
    std::string state() const { return content_state_of({directory_ / "a", directory_ / "all"}); }

    TempDir directory_;
};

TEST_F(ContentState, DependsOnTheContentOfFilesAlone) {
    directory_.write("a", "content");
    const std::string before = state();

    std::filesystem::remove(directory_ / "a");
    const std::string without = state();
    directory_.write("a", "content");
    std::filesystem::last_write_time(directory_ / "a", {});
    EXPECT_EQ(state(), before);

    directory_.write("a", "Content");
    EXPECT_NE(state(), before);
    EXPECT_NE(without, before);
    EXPECT_NE(without, state());
}

TEST_F(ContentState, OfADirectoryIsThatOfItsFilesButTheHiddenOnes) {
    std::filesystem::create_directory(directory_ / "all");
    const std::string empty = state();
    directory_.write("all/.hidden", "x");
    EXPECT_EQ(state(), empty);

    directory_.write("all/one", "1");
    directory_.write("all/two", "2");
    const std::string both = state();
    directory_.write("all/two", "3");

    EXPECT_NE(both, empty);
    EXPECT_NE(state(), both);
}

TEST_F(ContentState, TellsADirectoryFromNothing) {
    std::filesystem::create_directory(directory_ / "all");
    const std::string before = state();

    std::filesystem::create_directory(directory_ / "all/b.yaml");
    const std::string below = state();
    std::filesystem::create_directory(directory_ / "a");

    EXPECT_NE(below, before);
    EXPECT_NE(state(), below);
}

TEST_F(ContentState, FollowsALinkToOtherContent) {
    directory_.write("old", "old");
    directory_.write("new", "new");
    std::filesystem::create_symlink("old", directory_ / "a");
    const std::string before = state();

    std::filesystem::remove(directory_ / "a");
    std::filesystem::create_symlink("new", directory_ / "a");

    EXPECT_NE(state(), before);
}

TEST_F(ContentState, OpensNoPipe) {
    ASSERT_EQ(::mkfifo((directory_ / "a").c_str(), 0600), 0);

    EXPECT_EQ(state(), state());  // it would wait for a writer
}

TEST_F(ContentState, KnowsWhoseContentItIs) {
    directory_.write("a", "1");
    directory_.write("b", "2");
    const std::string before = content_state_of({directory_ / "a", directory_ / "b"});

    directory_.write("a", "2");
    directory_.write("b", "1");

    EXPECT_NE(content_state_of({directory_ / "a", directory_ / "b"}), before);
}

}  // namespace
}  // namespace countersign::tests
