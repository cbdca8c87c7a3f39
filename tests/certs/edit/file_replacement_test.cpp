#include "certs/edit/file_replacement.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::as_bytes;
using certs::FileReplacement;

mode_t mode_of(const std::filesystem::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 07777;
}

std::size_t files_in(const TempDir& directory) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator{directory.path()}, {})
    );
}

TEST(FileReplacement, MakesANewFileForItsOwnerAlone) {
    const TempDir directory;

    auto replacement = FileReplacement::begin(directory / "store").value();
    EXPECT_FALSE(replacement.exists());
    const auto error = replacement.replace(as_bytes("content"));

    EXPECT_FALSE(error);
    EXPECT_EQ(read_bytes(directory / "store"), "content");
    EXPECT_EQ(mode_of(directory / "store"), 0600u);
    EXPECT_EQ(files_in(directory), 1u);
}

TEST(FileReplacement, KeepsAStricterModeAndTakesFromOthersWhatTheyMayNotHave) {
    const struct {
        mode_t before;
        mode_t after;
    } kModes[] = {{0400, 0400}, {0600, 0600}, {0640, 0640}, {0644, 0640}, {0777, 0660}};
    for (const auto& [before, after] : kModes) {
        const TempDir directory;
        const auto file = directory.write("store", "old");
        ::chmod(file.c_str(), before);

        auto replacement = FileReplacement::begin(file).value();
        ASSERT_FALSE(replacement.replace(as_bytes("new")));

        EXPECT_EQ(read_bytes(file), "new");
        EXPECT_EQ(mode_of(file), after) << std::oct << before;
    }
}

/// An owner whom this process may give a file to, other than itself: anybody for root, else a group
/// that it is in. Itself, where there is none.
std::pair<uid_t, gid_t> another_owner() {
    if (::geteuid() == 0) return {12345, 23456};
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
    if (::getgroups(static_cast<int>(groups.size()), groups.data()) < 0) groups.clear();
    const auto other = std::ranges::find_if(groups, [](gid_t one) { return one != ::getegid(); });
    return {::geteuid(), other == groups.end() ? ::getegid() : *other};
}

TEST(FileReplacement, KeepsTheOwnerWhereItMay) {
    const TempDir directory;
    const auto file = directory.write("store", "old");
    const auto [user, group] = another_owner();
    ASSERT_EQ(::chown(file.c_str(), user, group), 0);

    auto replacement = FileReplacement::begin(file).value();
    ASSERT_FALSE(replacement.replace(as_bytes("new")));

    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, user);
    EXPECT_EQ(status.st_gid, group);
}

TEST(FileReplacement, ReplacesWhatALinkLeadsTo) {
    const TempDir directory;
    const auto target = directory.write("real/store", "old");
    std::filesystem::create_symlink("real/store", directory / "link");

    auto replacement = FileReplacement::begin(directory / "link").value();
    ASSERT_FALSE(replacement.replace(as_bytes("new")));

    EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
    EXPECT_EQ(read_bytes(target), "new");
}

TEST(FileReplacement, TakesAwayWhatAKilledWriterLeft) {
    const TempDir directory;
    directory.write(".store.new", "half a st");

    auto replacement = FileReplacement::begin(directory / "store").value();
    ASSERT_FALSE(replacement.replace(as_bytes("whole")));

    EXPECT_EQ(read_bytes(directory / "store"), "whole");
    EXPECT_EQ(files_in(directory), 1u);
}

TEST(FileReplacement, RefusesWhatIsNoFile) {
    const TempDir directory;

    EXPECT_FALSE(FileReplacement::begin(directory.path()));
    EXPECT_FALSE(FileReplacement::begin("/dev/null"));
    const auto nowhere = FileReplacement::begin(directory / "no/such/directory");
    ASSERT_FALSE(nowhere);
    EXPECT_NE(nowhere.error().sentence.find("No such file"), std::string::npos);
}

TEST(FileReplacement, LetsWritersInOneByOne) {
    const TempDir directory;
    const auto file = directory.write("store", "");
    constexpr int kWriters = 8;
    constexpr int kRounds = 10;

    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([&] {
            for (int round = 0; round < kRounds; ++round) {
                auto replacement = FileReplacement::begin(file).value();
                const std::string more = read_bytes(file) + "x";
                EXPECT_FALSE(replacement.replace(as_bytes(more)));
            }
        });
    }
    for (std::thread& writer : writers) writer.join();

    EXPECT_EQ(read_bytes(file).size(), std::size_t{kWriters * kRounds});
}

}  // namespace
}  // namespace countersign::tests
