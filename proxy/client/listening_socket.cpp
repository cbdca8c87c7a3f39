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

#include "proxy/client/socket_access.hpp"
#include "proxy/net/socket_address.hpp"

namespace countersign::proxy::client {

namespace {

constexpr int kBacklog = 4096;

/// What is wrong, and what to do about it.
std::string reason_of(int error, const profiles::TcpAddress& address) {
    switch (error) {
        case EADDRINUSE: {
            const std::string port = std::to_string(address.port);
            return "another process listens there already (or another listener of this "
                   "configuration). `sudo ss -ltnp 'sport = :" +
                   port + "'` shows which one; stop it, or change the listener's address.";
        }
        case EADDRNOTAVAIL:
            return "this machine has no such address. `ip address` shows those that it has; "
                   "0.0.0.0 or [::] stands for all of them.";
        case EACCES:
            return "the user that runs this (uid " + std::to_string(::geteuid()) +
                   ") may not take a port below 1024. Use a higher one, or give the capability "
                   "CAP_NET_BIND_SERVICE.";
        case EAFNOSUPPORT:
            return "this machine has no IPv6, or none any more. Use an IPv4 address.";
        default:
            return std::string{std::strerror(error)} + ". Change the listener's address.";
    }
}

std::string reason_of(int error, const profiles::UnixAddress& address) {
    const std::string path = address.path.string();
    const std::string folder = std::filesystem::absolute(address.path).parent_path().string();
    switch (error) {
        case EADDRINUSE:
            return "another process listens there already. `sudo ss -lxp src " + path +
                   "` shows which one; stop it, or change the listener's address.";
        case EEXIST:
            return "a file of that name is there, and it is no socket. Move it away, or change the "
                   "listener's address.";
        case ENOENT:
            return std::filesystem::exists(folder)
                       ? "no socket can be made in " + folder + ". Use another folder."
                       : "there is no folder " + folder + "; make it.";
        case ENOTDIR:
            return folder + " is not a folder.";
        case EACCES:
        case EPERM:
            return "the user that runs this (uid " + std::to_string(::geteuid()) +
                   ") may not make a file in " + folder +
                   ". Let it write there, or use another "
                   "folder.";
        case ENAMETOOLONG:
            return "the path is longer than the " +
                   std::to_string(sizeof sockaddr_un{}.sun_path - 1) +
                   " bytes that a socket's may have. Use a shorter one.";
        default:
            return std::string{std::strerror(error)} + ". Change the listener's address.";
    }
}

[[noreturn]] void fail(const profiles::Listener& listener, int error) {
    const std::string reason =
        error == EMFILE || error == ENFILE
            ? std::string{"no file descriptor is left for it; raise the limit (ulimit -n)."}
            : std::visit(
                  [&](const auto& address) { return reason_of(error, address); }, listener.address
              );
    throw std::runtime_error{
        "listener '" + listener.name + "': " + profiles::to_text(listener.address) +
        " cannot be listened at: " + reason};
}

std::uint16_t bound_port(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    return ::getsockname(fd, address, &size) == 0 ? net::port_of(address) : std::uint16_t{0};
}

sockaddr_un unix_address(const profiles::Listener& listener, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        fail(listener, ENAMETOOLONG);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

/// What tells a file from a later one of the same path: an inode's number alone is soon used again.
std::string file_identity(const char* path) {
    struct stat status {};
    if (::lstat(path, &status) != 0) return {};
    return std::to_string(status.st_ino) + "@" + std::to_string(status.st_mtim.tv_sec) + "." +
           std::to_string(status.st_mtim.tv_nsec);
}

bool is_socket(const char* path) {
    struct stat status {};
    return ::lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/// Gives the file its mode and group; why that fails, as a sentence.
std::string access_problem(const char* path, const profiles::Listener& listener) {
    const char* const step = give_access(path, listener);
    if (step == nullptr) return {};
    const int error = errno;
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

/// A socket file that nobody listens on any more is left over from a process that was killed.
bool is_stale(const sockaddr_un& address) {
    const net::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(fd.get(), to, sizeof address) != 0 && errno == ECONNREFUSED;
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
    listener_ = listener;
    if (!changed || !listener.is_unix()) return {};
    // What is not said any more is as bind would have made it.
    profiles::Listener said = listener;
    if (!said.mode) said.mode = first_mode(listener) & ~current_umask();
    if (!said.group) said.group = profiles::SocketGroup{::getegid(), "of the process"};
    if (std::string problem = group_problem(said); !problem.empty()) return problem;
    const std::string path = std::get<profiles::UnixAddress>(bound_).path.string();
    return access_problem(path.c_str(), said);
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
    const sockaddr_un path = unix_address(listener_, address.path.string());
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
        if (errno != EADDRINUSE) fail(listener_, errno);
        if (!is_socket(path.sun_path)) fail(listener_, EEXIST);
        if (!is_stale(path)) fail(listener_, EADDRINUSE);
        ::unlink(path.sun_path);
        if (!bind()) fail(listener_, errno);
    }
    if (const std::string problem = access_problem(path.sun_path, listener_); !problem.empty()) {
        ::unlink(path.sun_path);
        throw std::runtime_error{problem};
    }
    file_ = file_identity(path.sun_path);
    if (::listen(fd, kBacklog) != 0) fail(listener_, errno);
    for (std::uint32_t i = 1; i < workers; ++i) {
        sockets_.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (!sockets_.back()) fail(listener_, errno);
    }
}

}  // namespace countersign::proxy::client
