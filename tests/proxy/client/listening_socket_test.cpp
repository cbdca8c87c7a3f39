#include "proxy/client/listening_socket.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

#include "proxy/net/socket_address.hpp"
#include "tests/support/listening_socket.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::client {
namespace {

const profiles::IpAddress kLoopback = profiles::IpAddress::v4({127, 0, 0, 1});

std::string has_it_already(const std::string& port) {
    return " cannot be listened at: something has this port already: a process that listens there, "
           "another listener of this configuration, or a connection that goes out from it. `sudo "
           "ss -tanp 'sport = :" +
           port + "'` shows which one; stop it, or change the listener's address.";
}

/// Why it cannot be opened; empty where it can.
std::string problem_with(const profiles::Listener& listener) {
    try {
        const ListeningSocket socket{listener, 2};
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

class UnixListeningSocketTest : public testing::Test {
protected:
    tests::TempDir directory_;
    const std::filesystem::path path_ = directory_ / "apps.sock";
    const profiles::Listener listener_{"apps", profiles::UnixAddress{path_}, {}};
};

TEST_F(UnixListeningSocketTest, RemovesItsFileAtTheEnd) {
    { const ListeningSocket socket{listener_, 1}; }

    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixListeningSocketTest, TakesOverThePlaceOfOneThatNobodyListensOn) {
    ListeningSocket stale{listener_, 1};
    stale.take(0).reset();

    EXPECT_NO_THROW((ListeningSocket{listener_, 1}));
}

TEST_F(UnixListeningSocketTest, RefusesThePlaceOfOneThatListens) {
    const ListeningSocket first{listener_, 1};

    EXPECT_EQ(
        problem_with(listener_), "listener 'apps': unix:" + path_.string() +
                                     " cannot be listened at: another process listens there "
                                     "already. `sudo ss -lxp src " +
                                     path_.string() +
                                     "` shows which one; stop it, or change the listener's address."
    );
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(UnixListeningSocketTest, LeavesAFileThatIsNoSocket) {
    std::ofstream{path_} << "precious";

    EXPECT_EQ(
        problem_with(listener_),
        "listener 'apps': unix:" + path_.string() +
            " cannot be listened at: a file of that name is there, and it is no socket. Move it "
            "away, or change the listener's address."
    );
    EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(UnixListeningSocketTest, SaysThatItsFolderIsMissing) {
    const std::filesystem::path folder = directory_ / "absent";
    const profiles::Listener lost{"lost", profiles::UnixAddress{folder / "a.sock"}, {}};

    EXPECT_TRUE(problem_with(lost).ends_with(
        "cannot be listened at: there is no folder " + folder.string() + "; make it."
    )) << problem_with(lost);
}

TEST_F(UnixListeningSocketTest, SaysThatItsPathIsTooLong) {
    const profiles::Listener large{
        "large", profiles::UnixAddress{directory_ / std::string(120, 'a')}, {}};

    EXPECT_NE(problem_with(large).find("longer than the 107 bytes"), std::string::npos)
        << problem_with(large);
}

TEST_F(UnixListeningSocketTest, TriesAgainToGiveTheModeThatItCouldNotGive) {
    ListeningSocket socket{listener_, 1};
    profiles::Listener shut = listener_;
    shut.mode = 0600;
    std::filesystem::rename(path_, directory_ / "away");

    EXPECT_EQ(
        socket.follow(shut), "listener 'apps': unix:" + path_.string() +
                                 " cannot be given its mode and group: its file is gone, so that "
                                 "nobody can connect. Give the listener another address, or start "
                                 "countersign again."
    );
    std::filesystem::rename(directory_ / "away", path_);
    EXPECT_EQ(socket.follow(shut), "");

    EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms{0600});
}

TEST_F(UnixListeningSocketTest, LeavesTheFileOfItsSuccessor) {
    std::optional<ListeningSocket> draining;
    draining.emplace(listener_, 1U);
    draining->take(0).reset();
    const ListeningSocket successor{listener_, 1};

    draining.reset();

    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST(TcpListeningSocket, RefusesAPortThatAnotherListensOn) {
    const profiles::Listener any{"any", profiles::TcpAddress{kLoopback, 0}, {}};
    const ListeningSocket first{any, 2};
    const profiles::Listener same{"same", first.bound(), {}};

    const std::string port = std::to_string(std::get<profiles::TcpAddress>(first.bound()).port);
    EXPECT_EQ(problem_with(same), "listener 'same': 127.0.0.1:" + port + has_it_already(port));
}

TEST(TcpListeningSocket, RefusesAPortThatAConnectionGoesOutFrom) {
    const tests::ListeningSocket server;
    const tests::FileDescriptor connection{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const net::SocketAddress there{kLoopback, server.port()};
    ASSERT_EQ(::connect(connection.get(), there.data(), there.size()), 0);
    sockaddr_in here{};
    socklen_t size = sizeof here;
    ::getsockname(connection.get(), reinterpret_cast<sockaddr*>(&here), &size);
    const std::uint16_t port = ntohs(here.sin_port);
    const profiles::Listener all{
        "all", profiles::TcpAddress{profiles::IpAddress::v4({0, 0, 0, 0}), port}, {}};

    EXPECT_EQ(
        problem_with(all),
        "listener 'all': 0.0.0.0:" + std::to_string(port) + has_it_already(std::to_string(port))
    );
}

TEST(TcpListeningSocket, SaysThatAnAddressIsNotThisMachines) {
    const profiles::Listener other{
        "other", profiles::TcpAddress{profiles::IpAddress::v4({192, 0, 2, 1}), 0}, {}};

    EXPECT_EQ(
        problem_with(other),
        "listener 'other': 192.0.2.1:0 cannot be listened at: this machine has no such address. "
        "`ip address` shows those that it has; 0.0.0.0 or [::] stands for all of them."
    );
}

}  // namespace
}  // namespace countersign::proxy::client
