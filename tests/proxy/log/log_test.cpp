#include "proxy/log/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <string>

#include "proxy/log/line_writer.hpp"
#include "proxy/net/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::log {
namespace {

/// While it lives, stderr is a pipe that nobody reads.
class UnreadStderr {
public:
    UnreadStderr() : before_{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)} {
        std::signal(SIGPIPE, SIG_IGN);  // as the program does
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        read_end_ = net::UniqueFd{ends[0]};
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[1]);
    }
    ~UnreadStderr() { ::dup2(before_.get(), STDERR_FILENO); }
    /// Whoever writes to it is told that nobody ever will.
    void hang_up() { read_end_.reset(); }

private:
    net::UniqueFd before_;
    net::UniqueFd read_end_;
};

TEST(ProgramLog, WritesQuotesAsTheyAreAndNothingElseThatIsNoText) {
    const tests::TempDir directory;
    const auto file = directory.write("stderr", "");
    {
        const net::UniqueFd before{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)};
        const net::UniqueFd to{::open(file.c_str(), O_WRONLY | O_CLOEXEC)};
        ::dup2(to.get(), STDERR_FILENO);
        {
            ProgramLog log;
            info("write mode: {}\n", "\"0600\"");
            log.follow({.format = profiles::LogFormat::json});
            info("write mode: {}", "\"0600\"");
        }
        ::dup2(before.get(), STDERR_FILENO);
    }

    const std::string text = tests::read_bytes(file);
    EXPECT_NE(text.find(" info write mode: \"0600\"\\u000a\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\"write mode: \\\"0600\\\"\"}\n"), std::string::npos) << text;
}

TEST(ProgramLog, CountsWhatNobodyRead) {
    UnreadStderr unread;
    std::optional<ProgramLog> log{std::in_place};
    const std::string text(std::size_t{1} << 20, 'x');
    warning("{}", text);
    EXPECT_EQ(log->dropped_bytes(), 0U);

    for (std::size_t bytes = 0; bytes <= LineWriter::kMaxPending; bytes += text.size()) {
        warning("{}", text);
    }

    EXPECT_GE(log->dropped_bytes(), text.size());
    unread.hang_up();
    log.reset();
}

}  // namespace
}  // namespace countersign::proxy::log
