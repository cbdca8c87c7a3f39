#include "proxy/net/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <utility>

namespace countersign::proxy::net {
namespace {

UniqueFd open_one() { return UniqueFd{::open("/dev/null", O_RDONLY | O_CLOEXEC)}; }

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(UniqueFd, ClosesWhatItOwns) {
    int number = -1;
    {
        const UniqueFd fd = open_one();
        number = fd.get();
        ASSERT_TRUE(fd);
        ASSERT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, HasNoneWhereThereIsNone) {
    EXPECT_FALSE(UniqueFd{});
    EXPECT_FALSE(UniqueFd{-1});
}

TEST(UniqueFd, MovesAndClosesWhatItHadBefore) {
    UniqueFd first = open_one();
    UniqueFd second = open_one();
    const int closed = first.get();
    const int kept = second.get();

    first = std::move(second);

    EXPECT_FALSE(is_open(closed));
    EXPECT_EQ(first.get(), kept);
    EXPECT_FALSE(second);
    first.reset();
    EXPECT_FALSE(is_open(kept));
}

TEST(UniqueFd, ReleasesItToTheCaller) {
    UniqueFd fd = open_one();
    const int number = fd.release();

    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(number));
    ::close(number);
}

}  // namespace
}  // namespace countersign::proxy::net
