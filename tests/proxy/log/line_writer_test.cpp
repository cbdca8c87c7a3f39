#include "proxy/log/line_writer.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::log {
namespace {

/// Two ends of a small pipe.
class LineWriterTest : public testing::Test {
protected:
    LineWriterTest() {
        std::signal(SIGPIPE, SIG_IGN);  // as the program does
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
        reading_ = ends[0];
        writing_ = ends[1];
        // Two pages: one with a single line in it counts as full, and the next line may come later.
        ::fcntl(writing_, F_SETPIPE_SZ, 8192);
    }
    ~LineWriterTest() { ::close(reading_); }

    /// Until nothing is there, or until the end.
    std::string read_all() const {
        std::string all;
        std::array<char, 4096> some{};
        ::fcntl(reading_, F_SETFL, O_NONBLOCK);
        for (;;) {
            const ssize_t got = ::read(reading_, some.data(), some.size());
            if (got <= 0) return all;
            all.append(some.data(), static_cast<std::size_t>(got));
        }
    }

    bool readable() const {
        pollfd waiting{reading_, POLLIN, 0};
        return ::poll(&waiting, 1, 0) > 0;
    }

    int reading_ = -1;
    int writing_ = -1;
};

TEST_F(LineWriterTest, GoesOnElsewhere) {
    const tests::TempDir directory;
    const std::string file = (directory / "log").string();
    LineWriter writer{net::UniqueFd{writing_}};
    writer.add("here\n");
    tests::wait_until("the line is out", [&] { return readable(); });
    EXPECT_EQ(read_all(), "here\n");

    writer.go_to(net::UniqueFd{::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)});
    tests::wait_until("the pipe has no writer", [&] { return readable(); });
    writer.add("there\n");

    EXPECT_EQ(writer.finish(), 0U);
    EXPECT_EQ(tests::read_bytes(file), "there\n");
}

TEST_F(LineWriterTest, GoesOnElsewhereThoughNobodyReadsHere) {
    const tests::TempDir directory;
    const std::string file = (directory / "log").string();
    LineWriter writer{net::UniqueFd{writing_}};
    const std::string line = std::string(65'535, 'x') + "\n";
    writer.add(line);
    tests::wait_until("the pipe is full", [&] { return readable(); });

    writer.go_to(net::UniqueFd{::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)});
    tests::wait_until("the line is given up", [&] { return writer.dropped_bytes() > 0; });
    writer.add("there\n");

    const std::uint64_t dropped = writer.finish();
    EXPECT_EQ(tests::read_bytes(file), "there\n");
    EXPECT_EQ(read_all().size() + dropped, line.size());
}

TEST_F(LineWriterTest, ClosesAtRestWhatNobodyReads) {
    const auto is_open = [fd = writing_] { return ::fcntl(fd, F_GETFD) >= 0; };
    LineWriter writer{net::UniqueFd{writing_}};
    const std::string line = std::string(65'535, 'x') + "\n";
    writer.add(line);
    tests::wait_until("the pipe is full", [&] { return readable(); });

    writer.rest();

    tests::wait_until("it is closed", [&] { return !is_open(); });
    EXPECT_EQ(read_all().size() + writer.dropped_bytes(), line.size());
}

TEST_F(LineWriterTest, WritesWhatItHasBeforeItEnds) {
    LineWriter writer{net::UniqueFd{writing_}};
    std::string lines = "one\ntwo\n";
    writer.hand_over(lines);
    writer.add("three\n");

    EXPECT_EQ(writer.finish(), 0U);

    EXPECT_EQ(read_all(), "one\ntwo\nthree\n");
}

TEST_F(LineWriterTest, CountsToTheByteWhatNobodyReads) {
    LineWriter writer{net::UniqueFd{writing_}};
    std::string lines(1'000'000, 'x');
    writer.hand_over(lines);
    writer.add("one more\n");

    const std::uint64_t dropped = writer.finish();

    EXPECT_EQ(read_all().size() + dropped, 1'000'009U);
    EXPECT_GT(dropped, 0U);
    EXPECT_EQ(writer.dropped_bytes(), dropped);
}

TEST_F(LineWriterTest, NeverHoldsUpWhoHasALine) {
    LineWriter writer{net::UniqueFd{writing_}};
    const std::string line = std::string(999, 'x') + '\n';
    std::uint64_t handed = 0;

    // More than may wait, and than the thread has in hand: a call that wrote itself would not
    // return.
    for (int i = 0; i < 40'000; ++i, handed += line.size()) writer.add(line);

    EXPECT_GT(writer.dropped_bytes(), 0U);
    const std::uint64_t dropped = writer.finish();
    EXPECT_EQ(read_all().size() + dropped, handed);
}

TEST_F(LineWriterTest, IsNotHeldUpByAWriteThatHangs) {
    // A terminal polls writable although there is no room for a whole piece: the write blocks.
    ::close(writing_);
    int terminal = -1;
    int screen = -1;
    ASSERT_EQ(::openpty(&terminal, &screen, nullptr, nullptr, nullptr), 0);
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t dropped = 0;
    {
        LineWriter writer{net::UniqueFd{screen}};
        std::string lines(1'000'000, 'x');
        writer.hand_over(lines);

        dropped = writer.finish();
    }

    EXPECT_GT(dropped, 0U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, tests::kPatience);
    ::close(terminal);
}

TEST_F(LineWriterTest, BeginsANewLineAfterOneThatWasCut) {
    const tests::TempDir directory;
    const std::string path = (directory / "log").string();
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0);
    LineWriter writer{net::UniqueFd{fd}};

    writer.add("half a li");
    tests::wait_until("the half is written", [&] { return !tests::read_bytes(path).empty(); });
    writer.add("a whole one\n");
    writer.finish();

    EXPECT_EQ(tests::read_bytes(path), "half a li\na whole one\n");
}

TEST_F(LineWriterTest, DropsWhatComesAfterItsEnd) {
    LineWriter writer{net::UniqueFd{writing_}};
    EXPECT_EQ(writer.finish(), 0U);

    writer.add("late\n");

    EXPECT_EQ(writer.finish(), 5U);
    EXPECT_EQ(read_all(), "");
}

TEST_F(LineWriterTest, WithoutADescriptorDropsAll) {
    ::close(writing_);
    LineWriter writer{net::UniqueFd{-1}};

    writer.add("nowhere\n");

    EXPECT_EQ(writer.finish(), 8U);
}

}  // namespace
}  // namespace countersign::proxy::log
