#include "proxy/log/access_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/proxy/net/test_loop.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::log {
namespace {

class AccessLogTest : public testing::Test {
protected:
    AccessLogTest() { rules_.access = (directory_ / "access.log").string(); }
    std::string written() const { return tests::read_bytes(rules_.access); }

    tests::TempDir directory_;
    profiles::LogRules rules_;
};

TEST_F(AccessLogTest, WritesWhatIsHandedOver) {
    {
        AccessLog log{rules_};
        std::string lines = "one\ntwo\n";

        log.hand_over(lines);

        EXPECT_EQ(lines, "");
        tests::wait_until("the lines are in the file", [&] { return written() == "one\ntwo\n"; });
    }
    EXPECT_EQ(written(), "one\ntwo\n");
}

TEST_F(AccessLogTest, DoesNotHoldUpAStopWhereNobodyReads) {
    ASSERT_EQ(::mkfifo(rules_.access.c_str(), 0600), 0);
    const tests::FileDescriptor reader{::open(rules_.access.c_str(), O_RDONLY | O_NONBLOCK)};
    const auto start = net::Clock::now();
    {
        AccessLog log{rules_};
        std::string lines(1 << 20, 'x');

        log.hand_over(lines);
    }

    EXPECT_LT(net::Clock::now() - start, tests::kPatience);
}

TEST_F(AccessLogTest, DoesNotHoldUpAStartWhereAPipeHasNoReaderYet) {
    ASSERT_EQ(::mkfifo(rules_.access.c_str(), 0600), 0);
    AccessLog log{rules_};
    std::string lines = "one\n";
    log.hand_over(lines);

    for (const std::string expected : {"one\n", "two\n"}) {
        const tests::FileDescriptor reader{::open(rules_.access.c_str(), O_RDONLY | O_NONBLOCK)};
        std::string got(expected.size(), ' ');
        tests::wait_until("the line is in the pipe", [&] {
            return ::read(reader.get(), got.data(), got.size()) == static_cast<ssize_t>(got.size());
        });
        EXPECT_EQ(got, expected);
        // The next line is for a reader that comes after this one has gone.
        lines = "two\n";
        log.hand_over(lines);
    }
}

TEST_F(AccessLogTest, AppendsToWhatTheFileHolds) {
    directory_.write("access.log", "from before\n");
    {
        AccessLog log{rules_};
        std::string lines = "new\n";
        log.hand_over(lines);
    }

    EXPECT_EQ(written(), "from before\nnew\n");
}

TEST_F(AccessLogTest, LosesNothingOfManyThreads) {
    constexpr int kThreads = 4;
    constexpr int kEach = 2'000;
    {
        AccessLog log{rules_};
        std::vector<std::thread> workers;
        for (int i = 0; i < kThreads; ++i) {
            workers.emplace_back([&log, i] {
                std::string lines;
                for (int j = 0; j < kEach; ++j) {
                    lines += std::to_string(i) + " " + std::to_string(j) + "\n";
                    if (j % 7 == 0) log.hand_over(lines);
                }
                log.hand_over(lines);
            });
        }
        for (std::thread& worker : workers) worker.join();
        EXPECT_EQ(log.dropped_bytes(), 0U);
    }
    const std::string text = written();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), kThreads * kEach);
    for (int i = 0; i < kThreads; ++i) {
        // Each worker's lines stand in its order.
        const std::string name = std::to_string(i) + " ";
        std::size_t at = 0;
        for (const int j : {0, 1, kEach / 2, kEach - 1}) {
            at = ("\n" + text).find("\n" + name + std::to_string(j) + "\n", at);
            ASSERT_NE(at, std::string::npos) << name << j;
        }
    }
}

TEST_F(AccessLogTest, OffWritesNothing) {
    rules_.access = "off";

    AccessLog log{rules_};

    EXPECT_FALSE(log.enabled());
}

TEST_F(AccessLogTest, TurnedOffWritesWhatWorkersStillHaveAndClosesItsFile) {
    const auto is_open = [this] {
        std::error_code error;
        for (const auto& one : std::filesystem::directory_iterator{"/proc/self/fd"}) {
            if (std::filesystem::read_symlink(one.path(), error) == rules_.access) return true;
        }
        return false;
    };
    AccessLog log{rules_};
    ASSERT_TRUE(is_open());

    log.go_to({});
    std::string late = "late\n";
    log.hand_over(late);

    EXPECT_FALSE(log.enabled());
    tests::wait_until("the file is closed", [&] { return !is_open(); });
    EXPECT_EQ(written(), "late\n");
    EXPECT_EQ(log.dropped_bytes(), 0U);
    // And it comes back.
    log.go_to(AccessLog::open(rules_));
    late = "again\n";
    log.hand_over(late);
    tests::wait_until("the line is written", [&] { return written() == "late\nagain\n"; });
    EXPECT_EQ(log.finish(), 0U);
}

/// What the start says, by opening it.
std::string opened(const profiles::LogRules& rules) {
    try {
        AccessLog log{rules};
        return {};
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST_F(AccessLogTest, ThatCannotBeOpenedIsTheSameProblemBeforeTheStartAndAtIt) {
    struct Row {
        std::string path;
        std::string says;
    };
    directory_.write("file", "");
    std::filesystem::create_symlink("elsewhere/access.log", directory_ / "dangling");
    for (const Row& row : {
             Row{"missing/access.log", "There is no folder"},
             Row{"file/access.log", "is not a folder"},
             Row{".", "It is a folder"},
             Row{"dangling", "/elsewhere; make it"},
         }) {
        rules_.access = (directory_ / row.path).string();

        const std::string problem = AccessLog::problem(rules_);

        EXPECT_EQ(problem, opened(rules_));
        EXPECT_NE(problem.find(directory_.path().string()), std::string::npos) << problem;
        EXPECT_NE(problem.find(row.says), std::string::npos) << problem;
    }
}

TEST_F(AccessLogTest, ThatCanBeOpenedIsNoProblemAndIsNotMade) {
    EXPECT_EQ(AccessLog::problem(rules_), "");
    EXPECT_FALSE(std::filesystem::exists(rules_.access));
    directory_.write("access.log", "from before\n");
    EXPECT_EQ(AccessLog::problem(rules_), "");
    EXPECT_EQ(written(), "from before\n");
    for (const char* where : {"off", "stdout", "stderr", "/dev/null"}) {
        rules_.access = where;
        EXPECT_EQ(AccessLog::problem(rules_), "") << where;
    }
}

TEST_F(AccessLogTest, CountsWhatNobodyTakes) {
    rules_.access = "/dev/full";
    AccessLog log{rules_};
    std::string lines = "one\n";

    log.hand_over(lines);

    tests::wait_until("the line is counted as dropped", [&] { return log.dropped_bytes() == 4; });
}

class AccessLogBufferTest : public AccessLogTest {
protected:
    AccessLogBufferTest() { record_.method = "GET"; }

    net::TestLoop loop_;
    ExchangeRecord record_;
};

net::Task<void> wait_for_line(net::EventLoop& event_loop, const std::string& path) {
    while (tests::read_bytes(path).empty()) {
        co_await net::pause(event_loop, std::chrono::milliseconds{1});
    }
}

TEST_F(AccessLogBufferTest, HandsItsLinesOverAfterAMoment) {
    AccessLog log{rules_};
    AccessLogBuffer buffer{loop_.event_loop(), log};

    buffer.add(record_, rules_);
    loop_.run(wait_for_line(loop_.event_loop(), rules_.access));

    EXPECT_NE(written().find("method=GET"), std::string::npos);
}

TEST_F(AccessLogBufferTest, HandsManyLinesOverAtOnce) {
    AccessLog log{rules_};
    AccessLogBuffer buffer{loop_.event_loop(), log};

    for (int i = 0; i < 1'000; ++i) buffer.add(record_, rules_);

    tests::wait_until("lines come without the timer", [&] { return !written().empty(); });
}

TEST_F(AccessLogBufferTest, LosesNothingWhenItGoes) {
    {
        AccessLog log{rules_};
        AccessLogBuffer buffer{loop_.event_loop(), log};
        for (int i = 0; i < 1'500; ++i) buffer.add(record_, rules_);
    }

    const std::string text = written();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1'500);
    EXPECT_EQ(loop_.event_loop().timers().earliest(), net::kNever);
}

}  // namespace
}  // namespace countersign::proxy::log
