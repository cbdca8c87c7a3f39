#include "proxy/client/listening_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "proxy/client/listening_problem.hpp"
#include "proxy/client/socket_access.hpp"
#include "proxy/net/socket_address.hpp"

namespace countersign::proxy::client {

namespace {

constexpr int kBacklog = 4096;

[[noreturn]] void fail(const profiles::Listener& listener, int error) {
    throw std::runtime_error{listening_failure(listener, error)};
}

std::uint16_t bound_port(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    return ::getsockname(fd, address, &size) == 0 ? net::port_of(address) : std::uint16_t{0};
}

/// What tells a file from a later one of the same path: an inode's number alone is soon used again.
std::string file_identity(const char* path) {
    struct stat status {};
    if (::lstat(path, &status) != 0) return {};
    return std::to_string(status.st_ino) + "@" + std::to_string(status.st_mtim.tv_sec) + "." +
           std::to_string(status.st_mtim.tv_nsec);
}

/// Gives the file its mode and group; why that fails, as a sentence.
std::string access_problem(const char* path, const profiles::Listener& listener) {
    const char* const step = give_access(path, listener);
    if (step == nullptr) return {};
    const int error = errno;
    if (error == ENOENT) {
        return "listener '" + listener.name + "': " + profiles::to_text(listener.address) +
               " cannot be given its mode and group: its file is gone, so that nobody can connect. "
               "Give the listener another address, or start countersign again.";
    }
    return "listener '" + listener.name + "': " + profiles::to_text(listener.address) +
           " cannot be given its mode and group (" + step + "): " + std::strerror(error) +
           ". Put the socket into a folder that the user that runs this owns.";
}

/// It can be read by setting it only: files that another thread makes just then are for the owner.
std::uint32_t current_umask() {
    const mode_t umask = ::umask(077);
    ::umask(umask);
    return umask;
}

[[noreturn]] void refuse_inherited(const profiles::Listener& listener, const std::string& why) {
    throw std::runtime_error{
        "listener '" + listener.name +
        "': the socket of that name, which the service manager gave, " + why};
}

/// Where it really listens. Error by exception.
profiles::ListenAddress inherited_address(const profiles::Listener& listener, int fd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0) {
        refuse_inherited(listener, "does not listen. Use ListenStream= in its socket unit.");
    }
    sockaddr_storage storage{};
    size = sizeof storage;
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    ::getsockname(fd, address, &size);
    const bool local = storage.ss_family == AF_UNIX;
    if (local != listener.is_unix()) {
        refuse_inherited(
            listener, std::string{local ? "is a unix socket" : "is no unix socket"} +
                          ", and the listener's address is of the other kind. Make them the same."
        );
    }
    if (local)
        return profiles::UnixAddress{reinterpret_cast<const sockaddr_un*>(address)->sun_path};
    const profiles::TcpAddress bound{
        net::ip_address_of(address).value_or(profiles::IpAddress{}), net::port_of(address)};
    if (!bound.address.is_loopback() && listener.allow.empty()) {
        refuse_inherited(
            listener, "listens at " + profiles::to_text(bound) +
                          ", which is not loopback. Say under allow which networks may connect."
        );
    }
    return bound;
}

}  // namespace

ListeningSocket::ListeningSocket(
    const profiles::Listener& listener, std::uint32_t workers, bool joins
)
    : listener_{listener}, bound_{listener.address} {
    if (const auto* tcp = std::get_if<profiles::TcpAddress>(&listener.address)) {
        open_tcp(*tcp, workers, joins);
    } else {
        open_unix(std::get<profiles::UnixAddress>(listener.address), workers);
    }
}

ListeningSocket::ListeningSocket(
    const profiles::Listener& listener, std::uint32_t workers, net::UniqueFd inherited
)
    : listener_{listener}, bound_{inherited_address(listener, inherited.get())} {
    ::fcntl(inherited.get(), F_SETFL, ::fcntl(inherited.get(), F_GETFL) | O_NONBLOCK);
    int only_ipv6 = 1;
    socklen_t size = sizeof only_ipv6;
    ::getsockopt(inherited.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, &size);
    answers_at_ipv4_ = only_ipv6 == 0;
    sockets_.push_back(std::move(inherited));
    share(workers);
}

ListeningSocket::~ListeningSocket() {
    if (sockets_.empty()) return;  // moved from
    if (const auto* local = std::get_if<profiles::UnixAddress>(&bound_)) {
        // A successor may have put its own socket there while this proxy drained.
        const char* path = local->path.c_str();
        if (!file_.empty() && file_identity(path) == file_) ::unlink(path);
    }
}

std::string ListeningSocket::follow(const profiles::Listener& listener) {
    const bool changed = listener.mode != listener_.mode || listener.group != listener_.group;
    const profiles::Listener given = std::exchange(listener_, listener);
    if (!changed || !listener.is_unix() || file_.empty()) return {};  // empty: not made here
    // What is not said any more is as bind would have made it.
    profiles::Listener said = listener;
    if (!said.mode) said.mode = first_mode(listener) & ~current_umask();
    if (!said.group) said.group = profiles::SocketGroup{::getegid(), "of the process"};
    const std::string path = std::get<profiles::UnixAddress>(bound_).path.string();
    std::string problem = group_problem(said);
    if (problem.empty()) problem = access_problem(path.c_str(), said);
    if (!problem.empty()) {
        // What its file has: the next one tries again.
        listener_.mode = given.mode;
        listener_.group = given.group;
    }
    return problem;
}

void ListeningSocket::open_tcp(
    const profiles::TcpAddress& address, std::uint32_t workers, bool joins
) {
    profiles::TcpAddress bound = address;
    for (std::uint32_t i = 0; i < workers; ++i) {
        const net::SocketAddress at{bound.address, bound.port};
        sockets_.emplace_back(::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const int fd = sockets_.back().get();
        if (fd < 0) fail(listener_, errno);
        const int on = 1;
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (at.family() == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        // With SO_REUSEPORT alone a second proxy would join in and take half of the connections in
        // silence: the first socket of a port is bound without it, and has it for the others.
        const auto may_be_joined = [&] {
            ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        };
        if (i > 0 || joins) may_be_joined();
        if (::bind(fd, at.data(), at.size()) != 0) fail(listener_, errno);
        may_be_joined();
        if (i == 0) bound.port = bound_port(fd);
    }
    for (const net::UniqueFd& fd : sockets_) {
        if (::listen(fd.get(), kBacklog) != 0) fail(listener_, errno);
    }
    bound_ = bound;
}

void ListeningSocket::open_unix(const profiles::UnixAddress& address, std::uint32_t workers) {
    sockaddr_un path{};
    if (const int error = unix_address(address, path); error != 0) fail(listener_, error);
    if (const std::string problem = group_problem(listener_); !problem.empty()) {
        throw std::runtime_error{problem};
    }
    sockets_.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int fd = sockets_.back().get();
    if (fd < 0) fail(listener_, errno);
    // What bind makes the file with: it is never more open than it shall be. (Linux takes it from
    // the socket; and nobody can connect before listen.)
    if (::fchmod(fd, first_mode(listener_)) != 0) fail(listener_, errno);
    const auto bind = [&] {
        return ::bind(fd, reinterpret_cast<const sockaddr*>(&path), sizeof path) == 0;
    };
    if (!bind()) {
        const int error = errno == EADDRINUSE ? occupied(path) : errno;
        if (error != 0) fail(listener_, error);
        ::unlink(path.sun_path);
        if (!bind()) fail(listener_, errno);
    }
    if (const std::string problem = access_problem(path.sun_path, listener_); !problem.empty()) {
        ::unlink(path.sun_path);
        throw std::runtime_error{problem};
    }
    file_ = file_identity(path.sun_path);
    if (::listen(fd, kBacklog) != 0) fail(listener_, errno);
    share(workers);
}

/// One socket, and all workers accept from it.
void ListeningSocket::share(std::uint32_t workers) {
    const int fd = sockets_.front().get();
    while (sockets_.size() < workers) {
        sockets_.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (!sockets_.back()) fail(listener_, errno);
    }
}

}  // namespace countersign::proxy::client
