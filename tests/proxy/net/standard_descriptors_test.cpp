#include "proxy/net/standard_descriptors.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace countersign::proxy::net {
namespace {

/// What `work` returns in a process of its own.
int in_a_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool is_null_device(int fd) {
    struct stat null {};
    struct stat it {};
    return ::stat("/dev/null", &null) == 0 && ::fstat(fd, &it) == 0 && it.st_rdev == null.st_rdev;
}

TEST(StandardDescriptors, AreNeverASocketsNumber) {
    EXPECT_GT(
        in_a_child([] {
            for (const int fd : {0, 1, 2}) ::close(fd);
            occupy_standard_descriptors();
            return ::socket(AF_UNIX, SOCK_STREAM, 0);
        }),
        2
    );
}

TEST(StandardDescriptors, ThatWereClosedCannotBeUsed) {
    EXPECT_EQ(
        in_a_child([] {
            for (const int fd : {0, 1, 2}) ::close(fd);
            occupy_standard_descriptors();
            char byte = 'x';
            const bool unusable =
                ::read(0, &byte, 1) < 0 && ::write(1, &byte, 1) < 0 && ::write(2, &byte, 1) < 0;
            return unusable && is_null_device(0) && is_null_device(1) && is_null_device(2) ? 7 : 1;
        }),
        7
    );
}

TEST(StandardDescriptors, ThatAreOpenStayAsTheyAre) {
    EXPECT_EQ(
        in_a_child([] {
            int both[2];
            if (::pipe(both) != 0 || ::dup2(both[1], 1) != 1) return 1;
            ::close(2);
            occupy_standard_descriptors();
            return ::write(1, "x", 1) == 1 && is_null_device(2) && !is_null_device(1) ? 7 : 2;
        }),
        7
    );
}

}  // namespace
}  // namespace countersign::proxy::net
