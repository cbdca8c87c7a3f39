#include "proxy/upstream/dial.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "tests/proxy/net/test_loop.hpp"
#include "tests/support/listening_socket.hpp"
#include "tests/support/process.hpp"

/// Set: the next socket cannot be watched (the user's limit of watches is reached, for example).
static bool refuse_next_watch = false;

// The linker puts it in the place of epoll_ctl (--wrap, in CMakeLists.txt).
extern "C" int __real_epoll_ctl(int epoll, int operation, int fd, epoll_event* event);
extern "C" int __wrap_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
    if (operation == EPOLL_CTL_ADD && std::exchange(refuse_next_watch, false)) {
        errno = ENOSPC;
        return -1;
    }
    return __real_epoll_ctl(epoll, operation, fd, event);
}

namespace countersign::proxy::upstream {
namespace {

using std::chrono::milliseconds;

profiles::IpAddress address(const char* text) { return profiles::IpAddress::parse(text).value(); }

sockaddr_in endpoint(const char* host, std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &to.sin_addr);
    return to;
}

/// A socket that listens at a loopback address that no other test has, on port `port` or one of its
/// own.
class Listening {
public:
    explicit Listening(const char* host, std::uint16_t port = 0, int backlog = 16)
        : host_{host}, socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in at = endpoint(host, port);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
        EXPECT_EQ(::listen(socket_.get(), backlog), 0);
        socklen_t size = sizeof at;
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
    }
    std::uint16_t port() const { return port_; }

    /// Fills its queue: whoever connects from now on hears nothing.
    void fall_silent() {
        const sockaddr_in at = endpoint(host_, port_);
        for (int i = 0; i < 3; ++i) {
            queue_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            ::connect(queue_.back().get(), reinterpret_cast<const sockaddr*>(&at), sizeof at);
        }
    }

private:
    const char* host_;
    tests::FileDescriptor socket_;
    std::uint16_t port_ = 0;
    std::vector<tests::FileDescriptor> queue_;
};

struct Dialled {
    std::string peer;
    std::string address;  ///< that it says
    int error = 0;
    net::Clock::duration took{};
};

net::Task<void> dial_into(
    net::EventLoop& event_loop, std::vector<profiles::IpAddress> addresses, std::uint16_t port,
    net::Clock::duration limit, net::DescriptorBudget budget, Dialled& out
) {
    const net::TimePoint start = event_loop.now();  // what its limits are counted from
    DialTarget target{std::move(addresses), port, start + limit, budget};
    const DialResult result = co_await dial(event_loop, std::move(target));
    out.took = net::Clock::now() - start;
    out.error = result.error;
    if (result.address) out.address = result.address->to_text();
    if (!result.socket) co_return;
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    ::getpeername(result.socket->fd(), reinterpret_cast<sockaddr*>(&peer), &size);
    char text[INET_ADDRSTRLEN];
    out.peer = ::inet_ntop(AF_INET, &peer.sin_addr, text, sizeof text);
}

class DialTest : public testing::Test {
protected:
    Dialled dial_all(
        const std::vector<const char*>& hosts, std::uint16_t port,
        net::Clock::duration limit = tests::kPatience
    ) {
        std::vector<profiles::IpAddress> addresses;
        for (const char* host : hosts) addresses.push_back(address(host));
        Dialled out;
        loop_.run(dial_into(loop_.event_loop(), std::move(addresses), port, limit, budget_, out));
        return out;
    }

    net::DescriptorBudget budget_;
    net::TestLoop loop_;
};

TEST_F(DialTest, ConnectsToTheOnlyAddress) {
    const Listening server{"127.77.0.1"};

    EXPECT_EQ(dial_all({"127.77.0.1"}, server.port()).peer, "127.77.0.1");
}

TEST_F(DialTest, GoesOnAtOnceWhereAnAddressRefuses) {
    const Listening server{"127.77.0.3"};

    const Dialled dialled = dial_all({"127.77.0.1", "127.77.0.2", "127.77.0.3"}, server.port());

    EXPECT_EQ(dialled.peer, "127.77.0.3");
    EXPECT_EQ(dialled.address, dialled.peer);
    EXPECT_LT(dialled.took, 2 * kAttemptDelay);
}

TEST_F(DialTest, TriesTheNextAddressBesideOneThatIsSilent) {
    Listening silent{"127.77.0.2", 0, 0};
    silent.fall_silent();
    const Listening server{"127.77.0.1", silent.port()};

    const Dialled dialled = dial_all({"127.77.0.2", "127.77.0.1"}, silent.port());

    EXPECT_EQ(dialled.peer, "127.77.0.1");
    EXPECT_GE(dialled.took, kAttemptDelay);
    EXPECT_LT(dialled.took, std::chrono::seconds{5});
}

TEST_F(DialTest, EndsWhereASocketCannotBeWatched) {
    const Listening server{"127.77.0.1"};
    refuse_next_watch = true;

    const Dialled dialled = dial_all({"127.77.0.1"}, server.port());

    EXPECT_EQ(dialled.error, ENOSPC);
    EXPECT_FALSE(refuse_next_watch);
}

TEST_F(DialTest, TriesTheNextAddressWhereASocketCannotBeWatched) {
    const Listening server{"127.77.0.1"};
    refuse_next_watch = true;

    EXPECT_EQ(dial_all({"127.77.0.2", "127.77.0.1"}, server.port()).peer, "127.77.0.1");
}

TEST_F(DialTest, TakesNoDescriptorThatIsNotItsOwn) {
    const Listening server{"127.77.0.1"};
    budget_ = net::DescriptorBudget{4};

    EXPECT_EQ(dial_all({"127.77.0.1"}, server.port()).error, EMFILE);
}

TEST_F(DialTest, SaysWhyTheLastAttemptFailed) {
    const tests::ClosedPort closed;

    const Dialled dialled = dial_all({"127.77.0.1", "127.0.0.1"}, closed.port());

    EXPECT_EQ(dialled.error, ECONNREFUSED);
    EXPECT_EQ(dialled.address, "127.0.0.1");
}

TEST_F(DialTest, EndsAtTheDeadlineWhereAllAreSilent) {
    Listening one{"127.77.0.2", 0, 0};
    one.fall_silent();
    Listening other{"127.77.0.1", one.port(), 0};
    other.fall_silent();

    const Dialled dialled = dial_all({"127.77.0.2", "127.77.0.1"}, one.port(), milliseconds{400});

    EXPECT_EQ(dialled.error, ETIMEDOUT);
    EXPECT_GE(dialled.took, milliseconds{400});
}

net::Task<void> cancel_soon(net::EventLoop& event_loop) {
    co_await net::next_round(event_loop);
    event_loop.cancel_all();
}

TEST_F(DialTest, EndsWithACancel) {
    Listening silent{"127.77.0.2", 0, 0};
    silent.fall_silent();
    Dialled dialled;
    loop_.spawn(dial_into(
        loop_.event_loop(), {address("127.77.0.2"), address("127.77.0.2")}, silent.port(),
        tests::kPatience, budget_, dialled
    ));

    loop_.run(cancel_soon(loop_.event_loop()));

    EXPECT_EQ(dialled.error, ECANCELED);
}

TEST(DiallingOrder, BeginsWithIpv6AndTakesTheFamiliesInTurn) {
    const auto ordered = [](const std::vector<const char*>& hosts) {
        std::vector<profiles::IpAddress> addresses;
        for (const char* host : hosts) addresses.push_back(address(host));
        std::string text;
        for (const auto& one : in_dialling_order(addresses)) text += one.to_text() + " ";
        return text;
    };

    EXPECT_EQ(
        ordered({"192.0.2.1", "192.0.2.2", "2001:db8::1", "192.0.2.3", "2001:db8::2"}),
        "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3 "
    );
    EXPECT_EQ(ordered({"192.0.2.1"}), "192.0.2.1 ");
    EXPECT_EQ(ordered({"::1", "::2"}), "::1 ::2 ");
    EXPECT_EQ(ordered({}), "");
}

}  // namespace
}  // namespace countersign::proxy::upstream
