#include "proxy/upstream/dial.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

#include "proxy/net/notice.hpp"
#include "proxy/net/socket_address.hpp"
#include "proxy/net/socket_io.hpp"

namespace countersign::proxy::upstream {

namespace {

/// Several attempts at one destination; the first that connects wins. In the frame of `dial`, which
/// awaits all of its tasks.
struct Race {
    net::EventLoop& loop;
    const DialTarget& target;
    std::vector<net::Descriptor*> waiting;  ///< the sockets of attempts that are under way
    std::unique_ptr<net::Descriptor> winner;
    int error = 0;
    std::optional<profiles::IpAddress> address;  ///< the winner's, else of who ended last
    int ended = 0;
    net::Notice* notice = nullptr;  ///< who wants to know that an attempt has ended
};

std::chrono::microseconds elapsed_from(net::TimePoint start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - start);
}

void end_attempt(Race& race, int error) {
    ++race.ended;
    if (error != 0) race.error = error;
    if (race.notice != nullptr) race.notice->notify();
}

/// The errno that it ends with; 0: connected, and `race` has the socket if it is the first.
net::Task<int> connect_to(Race& race, profiles::IpAddress address) {
    const net::SocketAddress to{address, race.target.port};
    net::UniqueFd fd{::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd) co_return errno;
    if (!race.target.budget.serves_upstream(fd.get())) co_return EMFILE;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int started = ::connect(fd.get(), to.data(), to.size());
    int error = started == 0 ? 0 : errno;
    // Watched only now: a socket that has not begun to connect reports a hang-up.
    auto socket = std::make_unique<net::Descriptor>(race.loop, std::move(fd));
    if (error == EINPROGRESS) {
        race.waiting.push_back(socket.get());
        const net::Wait wait = co_await socket->wait_writable(race.target.deadline);
        std::erase(race.waiting, socket.get());
        // Only a connection that failed is closed already: the others need not be asked.
        error = wait == net::Wait::timed_out   ? ETIMEDOUT
                : wait == net::Wait::cancelled ? ECANCELED
                : socket->peer_closed()        ? net::pending_error(*socket)
                                               : 0;
    }
    if (error == 0 && !race.winner) {
        race.winner = std::move(socket);
        race.address = address;
    }
    co_return error;
}

/// An attempt that did not tell its end would be waited for without one.
net::Task<void> attempt(Race& race, profiles::IpAddress address) {
    int error = ENOMEM;
    const net::TimePoint began = net::Clock::now();
    try {
        error = co_await connect_to(race, address);
    } catch (const std::system_error& refused) {
        error = refused.code().value();  // it cannot be watched
    } catch (const std::bad_alloc&) {
    }
    if (!race.winner) race.address = address;
    if (race.target.tell != nullptr) (*race.target.tell)({address, error, elapsed_from(began)});
    end_attempt(race, error);
}

/// Until an attempt has ended, or `until`; false after a cancel.
net::Task<bool> wait_for_an_end(Race& race, int ended_before, net::TimePoint until) {
    if (race.ended != ended_before) co_return true;
    net::Notice notice{race.loop};
    race.notice = &notice;
    const net::Wait wait = co_await notice.wait(until);
    race.notice = nullptr;
    co_return wait != net::Wait::cancelled;
}

}  // namespace

std::vector<profiles::IpAddress> in_dialling_order(std::vector<profiles::IpAddress> addresses) {
    const auto fours = std::stable_partition(
        addresses.begin(), addresses.end(), [](const auto& address) { return !address.is_v4(); }
    );
    std::vector<profiles::IpAddress> ordered;
    ordered.reserve(addresses.size());
    auto six = addresses.begin();
    for (auto four = fours; six != fours || four != addresses.end();) {
        if (six != fours) ordered.push_back(*six++);
        if (four != addresses.end()) ordered.push_back(*four++);
    }
    return ordered;
}

net::Task<DialResult> dial(net::EventLoop& loop, DialTarget target) {
    const std::vector<profiles::IpAddress>& addresses = target.addresses;
    Race race{loop, target, {}, nullptr, 0, {}, 0, nullptr};
    std::vector<net::Task<void>> attempts;
    attempts.reserve(addresses.size());
    bool stopped = false;
    while (!race.winner && !stopped) {
        const bool more = attempts.size() < addresses.size();
        if (!more && race.ended == static_cast<int>(attempts.size())) break;
        const int ended_before = race.ended;
        net::TimePoint until = net::kNever;  // the attempts have the deadline
        if (more) {
            attempts.push_back(attempt(race, addresses[attempts.size()]));
            attempts.back().start();
            if (attempts.size() < addresses.size()) until = loop.now() + kAttemptDelay;
        }
        stopped = !co_await wait_for_an_end(race, ended_before, until);
    }
    const std::vector<net::Descriptor*> losers = race.waiting;
    for (net::Descriptor* const loser : losers) loser->cancel();
    for (net::Task<void>& one : attempts) co_await one;
    if (race.winner) co_return DialResult{std::move(race.winner), 0, race.address};
    co_return DialResult{nullptr, stopped ? ECANCELED : race.error, race.address};
}

}  // namespace countersign::proxy::upstream
