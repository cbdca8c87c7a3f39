#include "proxy/client/listener.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "proxy/net/use_task.hpp"
#include "tests/proxy/client/session_world.hpp"
#include "tests/support/process.hpp"

namespace countersign::proxy::client {
namespace {

/// TCP on a loopback address, with what `listen` and `connect` leave to the system.
net::UniqueFd listening(int& port) {
    net::UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    if (::bind(fd.get(), address, size) != 0 || ::listen(fd.get(), 1024) != 0 ||
        ::getsockname(fd.get(), address, &size) != 0) {
        throw std::system_error{errno, std::generic_category(), "listen"};
    }
    port = ntohs(at.sin_port);
    return fd;
}

int port_of(int fd, int (*ask)(int, sockaddr*, socklen_t*)) {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    const bool known = ask(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0;
    return known && at.sin_family == AF_INET ? ntohs(at.sin_port) : 0;
}

net::UniqueFd connected(int port) {
    net::UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
        throw std::system_error{errno, std::generic_category(), "connect"};
    }
    return fd;
}

/// The other end of a client's connection, in this process too; -1: it was not accepted.
int accepted_for(int client) {
    const int port = port_of(client, ::getsockname);
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        const int fd = std::stoi(entry.path().filename());
        if (port_of(fd, ::getpeername) == port) return fd;
    }
    return -1;
}

bool has_no_delay(int fd) {
    int on = 0;
    socklen_t size = sizeof on;
    return ::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0 && on != 0;
}

/// As long as it is there, this process can open nothing.
class NoDescriptors {
public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const net::UniqueFd lowest{::dup(STDERR_FILENO)};
        const rlimit none{static_cast<rlim_t>(lowest.get()), before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

double seconds_of_this_thread() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

class ListenerTest : public testing::Test {
protected:
    ListenerTest() {
        configuration_.listeners = {{"apps", profiles::TcpAddress{}, {}}};
        log_rules_.access = "off";
    }

    /// The listener of `fd`, until it has accepted so many. What it accepted for `clients` is
    /// looked at, and is gone then.
    void serve(net::UniqueFd fd, std::vector<net::UniqueFd>& clients, std::size_t wait_for) {
        log::AccessLog log{log_rules_};
        SessionWorld world{configuration_, log};
        net::TaskGroup sessions;
        Listener listener{world.workspace(), sessions, std::move(fd), generation::ListenerId{0}};
        net::TestLoop loop{world.workspace().loop};
        loop.spawn(listener.run());
        loop.run(look(world.workspace(), listener, sessions, clients, wait_for));
        EXPECT_TRUE(listener.closed());
    }

    std::chrono::milliseconds short_for_{0};  ///< in the beginning no descriptor is to be had
    double busy_then_ = 0;                    ///< processor time of it, in seconds
    std::size_t without_delay_ = 0;

private:
    net::Task<void> look(
        Workspace& workspace, Listener& listener, net::TaskGroup& sessions,
        std::vector<net::UniqueFd>& clients, std::size_t wait_for
    ) {
        if (short_for_.count() > 0) {
            const NoDescriptors shortage;
            const double before = seconds_of_this_thread();
            boost::asio::steady_timer timer{workspace.loop.context(), short_for_};
            auto its_end = timer.async_wait(net::UseTask{workspace.loop});
            co_await its_end;
            busy_then_ = seconds_of_this_thread() - before;
        }
        while (workspace.client_counts.accepted < wait_for && !workspace.loop.cancelled()) {
            co_await net::next_round(workspace.loop);
        }
        for (const net::UniqueFd& client : clients) {
            if (has_no_delay(accepted_for(client.get()))) ++without_delay_;
        }
        clients.clear();
        listener.close();
        while (sessions.size() > 0 && !workspace.loop.cancelled()) {
            co_await net::next_round(workspace.loop);
        }
    }

    profiles::Configuration configuration_;
    profiles::LogRules log_rules_;
};

// A small response that follows another would wait for the client's acknowledgement.
TEST_F(ListenerTest, NoConnectionDelaysWhatIsSmall) {
    int port = 0;
    net::UniqueFd fd = listening(port);
    std::vector<net::UniqueFd> before;
    for (int i = 0; i < 3; ++i) before.push_back(connected(port));

    serve(std::move(fd), before, 3);

    EXPECT_EQ(without_delay_, 3U) << "they came before the proxy had the socket";
}

TEST_F(ListenerTest, TakesAllWhoWaitHoweverMany) {
    int port = 0;
    net::UniqueFd fd = listening(port);
    const int on = 1;
    ASSERT_EQ(::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    std::vector<net::UniqueFd> clients;
    for (int i = 0; i < 300; ++i) clients.push_back(connected(port));

    serve(std::move(fd), clients, 300);

    EXPECT_EQ(without_delay_, 300U);
}

// Who waits there goes on waiting.
TEST_F(ListenerTest, RestsWhileThereAreNoDescriptors) {
    int port = 0;
    net::UniqueFd fd = listening(port);
    std::vector<net::UniqueFd> clients;
    clients.push_back(connected(port));
    short_for_ = std::chrono::milliseconds{500};

    serve(std::move(fd), clients, 1);

    EXPECT_LT(busy_then_, 0.1);
    EXPECT_EQ(without_delay_, 1U) << "it is accepted then";
}

}  // namespace
}  // namespace countersign::proxy::client
