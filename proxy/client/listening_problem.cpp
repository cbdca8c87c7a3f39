#include "proxy/client/listening_problem.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "proxy/net/socket_address.hpp"
#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::client {

namespace {

std::string folder_of(const profiles::UnixAddress& address) {
    return std::filesystem::absolute(address.path).parent_path().string();
}

std::string reason_of(int error, const profiles::TcpAddress& address) {
    switch (error) {
        case EADDRINUSE: {
            const std::string port = std::to_string(address.port);
            return "something has this port already: a process that listens there, another "
                   "listener of this configuration, or a connection that goes out from it. `sudo "
                   "ss -tanp 'sport = :" +
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
    const std::string folder = folder_of(address);
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

int obstacle(const profiles::TcpAddress& address) {
    const net::SocketAddress at{address.address, address.port};
    const net::UniqueFd fd{::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) return errno;
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at.family() == AF_INET6) {
        ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    return ::bind(fd.get(), at.data(), at.size()) == 0 ? 0 : errno;
}

int obstacle(const profiles::UnixAddress& address) {
    sockaddr_un path{};
    if (const int error = unix_address(address, path); error != 0) return error;
    struct stat status {};
    if (::lstat(path.sun_path, &status) == 0) {
        if (const int error = occupied(path); error != 0) return error;
    } else if (errno != ENOENT) {
        return errno;
    }
    const std::string folder = folder_of(address);
    if (::stat(folder.c_str(), &status) != 0) return errno;
    if (!S_ISDIR(status.st_mode)) return ENOTDIR;
    return ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

}  // namespace

std::string listening_failure(const profiles::Listener& listener, int error) {
    const std::string reason =
        error == EMFILE || error == ENFILE
            ? std::string{"no file descriptor is left for it; raise the limit (ulimit -n)."}
            : std::visit(
                  [&](const auto& address) { return reason_of(error, address); }, listener.address
              );
    return "listener '" + listener.name + "': " + profiles::to_text(listener.address) +
           " cannot be listened at: " + reason;
}

int listening_obstacle(const profiles::Listener& listener) {
    return std::visit([](const auto& address) { return obstacle(address); }, listener.address);
}

int unix_address(const profiles::UnixAddress& from, sockaddr_un& address) {
    const std::string path = from.path.string();
    address = {};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return 0;
}

int occupied(const sockaddr_un& address) {
    struct stat status {};
    if (::lstat(address.sun_path, &status) == 0 && !S_ISSOCK(status.st_mode)) return EEXIST;
    const net::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    const bool stale = ::connect(fd.get(), to, sizeof address) != 0 && errno == ECONNREFUSED;
    return stale ? 0 : EADDRINUSE;
}

}  // namespace countersign::proxy::client
