#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <memory>

#include "tests/keystore/user.hpp"
#include "tests/support/process.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

/// A store with one key, and what an addition to it is made of.
class AtomicWrite : public testing::TestWithParam<const char*> {
protected:
    AtomicWrite() {
        user_.must({"generate", store_, "--alias", "one", "--subject", "CN=one", "--key", "ec"});
        before_ = read_bytes(user_ / store_);
    }

    std::vector<std::string> addition(const std::string& alias) const {
        return {countersign_binary(), "keystore",    "generate", store_, "--alias",         alias,
                "--subject",          "CN=" + alias, "--key",    "ec",   "--password-file", "pw"};
    }

    /// The addition under strace, which makes one system call on the new file fail, or kills the
    /// program in it. No other file counts: a sanitizer writes to pipes of its own.
    Ended interfere(const std::string& how) const {
        const std::string beside = "." + store_ + ".new";
        std::vector<std::string> argv{"strace", "-f", "-o", "/dev/null", "-e", "inject=" + how};
        for (const std::string& path : {"./" + beside, (user_ / beside).string()}) {
            argv.insert(argv.end(), {"-P", path});
        }
        for (const std::string& word : addition("two")) argv.push_back(word);
        // The leak checker of a sanitized build does not work under a tracer.
        argv.insert(argv.begin(), {"env", "ASAN_OPTIONS=detect_leaks=0"});
        return user_.run(argv);
    }

    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator{user_.files().path()}) {
            names.push_back(entry.path().filename());
        }
        std::ranges::sort(names);
        return names;
    }

    std::string store_ = "store.p12";
    User user_;
    std::string before_;
};

class FailingCall : public AtomicWrite {};

TEST_P(FailingCall, LeavesTheStoreAsItWas) {
    const Ended ended = interfere(GetParam());

    EXPECT_EQ(ended.status, 1) << ended.errors;
    EXPECT_NE(ended.errors.find("store.p12 is not written: "), std::string::npos) << ended.errors;
    EXPECT_NE(ended.errors.find("is unchanged"), std::string::npos) << ended.errors;
    EXPECT_EQ(read_bytes(user_ / store_), before_);
    EXPECT_EQ(names(), (std::vector<std::string>{"pw", "store.p12"}));
}

INSTANTIATE_TEST_SUITE_P(
    Calls, FailingCall,
    testing::Values("write:error=ENOSPC:when=1", "fsync:error=EIO:when=1", "rename:error=EROFS"),
    [](const auto& test) {
        return std::string{test.param}.substr(0, std::string{test.param}.find(':'));
    }
);

class Killed : public AtomicWrite {};

TEST_P(Killed, LeavesTheStoreAsItWasAndTheNextWriterGoesOn) {
    const Ended ended = interfere(GetParam());

    EXPECT_EQ(ended.status, 128 + SIGKILL) << ended.errors;
    EXPECT_EQ(read_bytes(user_ / store_), before_);
    user_.must({"generate", store_, "--alias", "two", "--subject", "CN=two", "--key", "ec"});
    EXPECT_NE(user_.must({"list", store_}).find("2 entries"), std::string::npos);
    EXPECT_EQ(names(), (std::vector<std::string>{"pw", "store.p12"}));
}

INSTANTIATE_TEST_SUITE_P(
    Moments, Killed,
    testing::Values(
        "write:signal=SIGKILL:when=1", "fsync:signal=SIGKILL:when=1", "rename:signal=SIGKILL"
    ),
    [](const auto& test) {
        return std::string{test.param}.substr(0, std::string{test.param}.find(':'));
    }
);

/// They wait for each other, and each derives keys from passwords.
constexpr std::chrono::milliseconds kAll = 6 * kPatience;

TEST_F(AtomicWrite, LosesNoEntryOfTwoWritersAtOnce) {
    constexpr int kWriters = 6;
    std::vector<std::unique_ptr<Process>> writers;
    for (int i = 0; i < kWriters; ++i) {
        writers.push_back(std::make_unique<Process>(
            addition("writer-" + std::to_string(i)),
            Process::Options{.directory = user_.files().path()}
        ));
    }
    for (const auto& writer : writers)
        EXPECT_EQ(writer->wait_for_exit(kAll), 0) << writer->errors();

    const std::string listed = user_.must({"list", store_});

    EXPECT_NE(listed.find("7 entries"), std::string::npos) << listed;
    for (int i = 0; i < kWriters; ++i) {
        EXPECT_NE(listed.find("writer-" + std::to_string(i)), std::string::npos) << listed;
    }
}

TEST_F(AtomicWrite, LosesNoEntryOfTwoWritersWhoBothMakeTheStore) {
    std::vector<std::unique_ptr<Process>> writers;
    for (const std::string alias : {"a", "b", "c"}) {
        writers.push_back(std::make_unique<Process>(
            std::vector<std::string>{
                countersign_binary(), "keystore", "generate", "new.jks", "--alias", alias,
                "--subject", "CN=x", "--key", "ec", "--password-file", "pw"},
            Process::Options{.directory = user_.files().path()}
        ));
    }
    for (const auto& writer : writers)
        EXPECT_EQ(writer->wait_for_exit(kAll), 0) << writer->errors();

    EXPECT_NE(user_.must({"list", "new.jks"}).find("3 entries"), std::string::npos);
}

TEST_F(AtomicWrite, SaysThatADirectoryIsNotWritable) {
    // Root may write everywhere, so it is the call that is made to fail.
    const Ended ended = interfere("openat:error=EACCES");

    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(
        ended.errors.find("Permission denied. Its directory must be writable"), std::string::npos
    ) << ended.errors;
    EXPECT_EQ(read_bytes(user_ / store_), before_);
}

}  // namespace
}  // namespace countersign::tests
