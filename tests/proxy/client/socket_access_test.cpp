#include "proxy/client/socket_access.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "proxy/client/listening_socket.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::client {
namespace {

/// Nobody's, on no machine.
constexpr std::uint32_t kStrangeGroup = 54321;

class SocketAccess : public testing::Test {
protected:
    SocketAccess() : umask_{::umask(0022)} {
        listener_.name = "apps";
        listener_.address = profiles::UnixAddress{path_};
    }
    ~SocketAccess() override { ::umask(umask_); }

    struct stat open_and_look() {
        const ListeningSocket socket{listener_, 1};
        struct stat status {};
        EXPECT_EQ(::lstat(path_.c_str(), &status), 0);
        return status;
    }
    static mode_t rights(const struct stat& status) { return status.st_mode & 07777U; }

    tests::TempDir directory_;
    const std::filesystem::path path_ = directory_ / "apps.sock";
    profiles::Listener listener_;
    mode_t umask_;
};

TEST_F(SocketAccess, IsTheModeWhateverTheUmaskSays) {
    listener_.mode = 0666;
    EXPECT_EQ(rights(open_and_look()), 0666U);

    ::umask(0);
    listener_.mode = 0600;
    EXPECT_EQ(rights(open_and_look()), 0600U);
}

TEST_F(SocketAccess, WithoutAModeIsForOwnerAndGroupAtMost) {
    EXPECT_EQ(rights(open_and_look()), 0640U);

    ::umask(0);
    EXPECT_EQ(rights(open_and_look()), 0660U) << "nobody else, though the umask says so";
}

TEST_F(SocketAccess, IsTheGroups) {
    const std::uint32_t group = ::geteuid() == 0 ? kStrangeGroup : ::getegid();
    listener_.group = profiles::SocketGroup{group, std::to_string(group)};
    listener_.mode = 0660;

    const struct stat status = open_and_look();

    EXPECT_EQ(status.st_gid, group);
    EXPECT_EQ(status.st_uid, ::geteuid());
    EXPECT_EQ(rights(status), 0660U);
}

/// Bind makes the file, and the group and the mode follow: until then it is for the owner alone.
TEST_F(SocketAccess, BeginsWithNobodyButTheOwner) {
    listener_.mode = 0666;

    EXPECT_EQ(first_mode(listener_), 0600U);
}

TEST_F(SocketAccess, IsNotGivenToWhatStandsInTheSocketsPlace) {
    const auto file = directory_.write("file", "text");
    std::filesystem::create_symlink(file, path_);
    ::chmod(file.c_str(), 0600);
    listener_.mode = 0666;

    EXPECT_STREQ(give_access(path_.c_str(), listener_), "stat");
    EXPECT_EQ(errno, ENOTSOCK);
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(rights(status), 0600U);
}

/// The exit status of `check`, run as a user with no rights and no groups but its own.
template <class Check>
int as_nobody(Check check) {
    constexpr uid_t kNobody = 65534;
    const pid_t child = ::fork();
    if (child == 0) {
        const bool dropped = ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 &&
                                                  ::setgid(kNobody) == 0 && ::setuid(kNobody) == 0);
        ::_exit(dropped ? check() : 99);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

TEST_F(SocketAccess, GroupHasToBeTheUsers) {
    const int found = as_nobody([&] {
        listener_.group = profiles::SocketGroup{kStrangeGroup, "strangers"};
        const std::string strange = group_problem(listener_);
        listener_.group = profiles::SocketGroup{::getegid(), "own"};
        const std::string own = group_problem(listener_);
        const bool said = strange.starts_with(
            "listener 'apps': the socket cannot be given to group 'strangers', because the user "
            "that runs countersign (uid "
        );
        return (said ? 0 : 1) + (own.empty() ? 0 : 2);
    });

    EXPECT_EQ(found, 0);
}

TEST_F(SocketAccess, WithAGroupThatIsNotTheUsersMakesNoSocket) {
    ::chmod(directory_.path().c_str(), 0777);
    const int found = as_nobody([&] {
        listener_.group = profiles::SocketGroup{kStrangeGroup, "strangers"};
        listener_.mode = 0660;
        try {
            const ListeningSocket socket{listener_, 1};
        } catch (const std::runtime_error&) {
            return std::filesystem::exists(path_) ? 1 : 0;
        }
        return 2;
    });

    EXPECT_EQ(found, 0);
}

}  // namespace
}  // namespace countersign::proxy::client
