#include "proxy/records/file_change.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::records {
namespace {

namespace fs = std::filesystem;
using certs::as_bytes;

class FileChangeInAFolder : public testing::Test {
protected:
    FileChangeInAFolder() { folder_.write("old", "before"); }
    FileChange begin() const { return *FileChange::begin(folder_.path()); }
    std::string old() const { return tests::read_bytes(folder_ / "old"); }
    bool has(const char* name) const { return fs::exists(folder_ / name); }

    const tests::TempDir folder_;
};

TEST_F(FileChangeInAFolder, StaysWhereItIsKept) {
    {
        FileChange change = begin();
        EXPECT_FALSE(change.write("old", as_bytes("after")));
        EXPECT_FALSE(change.write("new", as_bytes("new")));
        change.remove_later("obsolete");
        folder_.write("obsolete", "");
        change.keep();
        EXPECT_TRUE(change.undo().empty()) << "nothing is left to be undone";
    }
    EXPECT_EQ(old(), "after");
    EXPECT_FALSE(has(".old.before"));
    EXPECT_TRUE(has("new"));
    EXPECT_FALSE(has("obsolete"));
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "new").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(FileChangeInAFolder, IsUndoneWhereItIsNot) {
    {
        FileChange change = begin();
        EXPECT_FALSE(change.write("old", as_bytes("after")));
        EXPECT_FALSE(change.write("old", as_bytes("after that")));
        EXPECT_FALSE(change.write("new", as_bytes("new")));
        change.remove_later("obsolete");
        folder_.write("obsolete", "");
        EXPECT_EQ(tests::read_bytes(folder_ / ".old.before"), "before")
            << "who kills the process loses nothing";
    }
    EXPECT_EQ(old(), "before");
    EXPECT_FALSE(has(".old.before"));
    EXPECT_FALSE(has("new"));
    EXPECT_TRUE(has("obsolete")) << "what was there before names it";
}

TEST_F(FileChangeInAFolder, PutsBackWhatItHasRemoved) {
    FileChange change = begin();
    EXPECT_FALSE(change.remove("old"));
    EXPECT_FALSE(change.remove("none"));
    EXPECT_FALSE(has("old"));
    EXPECT_TRUE(change.undo().empty());
    EXPECT_EQ(old(), "before");
}

TEST_F(FileChangeInAFolder, HasOneWriterAtATime) {
    std::optional<FileChange> first{begin()};
    const auto second = FileChange::begin(folder_.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(
        second.error().sentence, "Another process is changing " + folder_.path().string() +
                                     " just now. Try again in a moment."
    );
    first.reset();
    EXPECT_TRUE(FileChange::begin(folder_.path()));
}

TEST_F(FileChangeInAFolder, SaysWhereItMayNotWrite) {
    const auto nowhere = FileChange::begin(folder_ / "none");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(
        nowhere.error().sentence,
        "Nothing can be written: " + (folder_ / "none/.countersign.lock").string() +
            ": No such file or directory. console.directory has to belong to the user that runs "
            "countersign."
    );
}

TEST_F(FileChangeInAFolder, ChangesNothingThatItCannotKeep) {
    fs::create_directory(folder_ / "folder");  // what has no second name
    FileChange change = begin();
    const auto error = change.write("folder", as_bytes("x"));
    ASSERT_TRUE(error);
    EXPECT_EQ(
        error->sentence,
        "This file cannot be changed: " + (folder_ / "folder").string() +
            ": Operation not permitted. Until a change is in force, a second name (a hard link) "
            "keeps what was there before; console.directory needs a file system that has them."
    );
}

TEST_F(FileChangeInAFolder, IsPutBackByTheNextAfterAKill) {
    const pid_t killed = ::fork();
    if (killed == 0) {
        FileChange change = begin();
        change.write("old", as_bytes("after"));
        change.write("new", as_bytes("new"));
        change.remove("gone");
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(killed, &status, 0), killed);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(old(), "after");
    ASSERT_TRUE(has("new"));
    EXPECT_TRUE(FileChange::is_interrupted(folder_.path()));
    // The last line was being written.
    std::ofstream{folder_ / ".countersign.change", std::ios::app} << "new ol";

    const FileChange next = begin();

    EXPECT_EQ(next.recovery().files, (std::vector<std::string>{"old", "new", "gone"}));
    EXPECT_EQ(old(), "before");
    EXPECT_FALSE(has("new"));
    EXPECT_FALSE(has(".old.before"));
    EXPECT_FALSE(FileChange::is_interrupted(folder_.path()));
}

TEST_F(FileChangeInAFolder, IsNotPutBackOnceItIsKeptOrUndone) {
    for (const bool kept : {true, false}) {
        FileChange change = begin();
        EXPECT_FALSE(change.write("new", as_bytes("new")));
        EXPECT_TRUE(FileChange::is_interrupted(folder_.path()));
        if (kept) change.keep();
        change.undo();
        EXPECT_FALSE(FileChange::is_interrupted(folder_.path())) << kept;
    }
}

TEST_F(FileChangeInAFolder, PutsBackNothingOutsideItsFolder) {
    const tests::TempDir inner;
    folder_.write(
        ".countersign.change",
        "new ../" + inner.path().filename().string() + "/x\nnew .hidden\nnew \nwhat old\nwas\n"
    );
    inner.write("x", "");
    folder_.write(".hidden", "");
    EXPECT_TRUE(begin().recovery().files.empty());
    EXPECT_TRUE(fs::exists(inner / "x"));
    EXPECT_TRUE(has(".hidden"));
    EXPECT_TRUE(has("old"));
}

TEST_F(FileChangeInAFolder, LetsNobodyChangeWhatCouldNotBePutBack) {
    folder_.write(".countersign.change", "was old\n");  // and what was there before is gone
    const auto next = FileChange::begin(folder_.path());
    ASSERT_FALSE(next);
    EXPECT_TRUE(next.error().sentence.starts_with(
        "An earlier change was interrupted, and is not put back as a whole: What was there before "
        "cannot be put back; it stands in "
    )) << next.error().sentence;
    EXPECT_TRUE(next.error().sentence.ends_with(
        " Put it right by hand, and remove " + (folder_ / ".countersign.change").string() + '.'
    )) << next.error().sentence;
    EXPECT_EQ(old(), "before");
    EXPECT_FALSE(FileChange::begin(folder_.path()));
    fs::remove(folder_ / ".countersign.change");
    EXPECT_TRUE(FileChange::begin(folder_.path()));
}

TEST_F(FileChangeInAFolder, ForgetsALineThatWasNotWhole) {
    folder_.write(".countersign.change", "was ol");
    { EXPECT_TRUE(begin().recovery().files.empty()); }
    EXPECT_FALSE(FileChange::is_interrupted(folder_.path()));
}

TEST_F(FileChangeInAFolder, TellsWhatCannotBePutBack) {
    FileChange change = begin();
    EXPECT_FALSE(change.write("new", as_bytes("new")));
    fs::remove(folder_ / "new");
    fs::create_directory(folder_ / "new");
    const auto problems = change.undo();
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_TRUE(problems[0].starts_with("This file cannot be removed: ")) << problems[0];
}

}  // namespace
}  // namespace countersign::proxy::records
