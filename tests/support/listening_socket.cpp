#include "tests/support/listening_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace countersign::tests {
namespace {

/// None where it cannot be had; errno says why.
FileDescriptor bound_v4(in_addr_t to, std::uint16_t port) {
    FileDescriptor fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(to);
    address.sin_port = htons(port);
    if (!fd || bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return {};
    }
    return fd;
}

FileDescriptor bound_v4() {
    FileDescriptor fd = bound_v4(INADDR_LOOPBACK, 0);
    if (!fd) throw std::system_error{errno, std::generic_category(), "bind"};
    return fd;
}

/// None where it cannot be had; errno says why.
FileDescriptor bound_v6(std::uint16_t port) {
    FileDescriptor fd{socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(port);
    if (!fd || bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return {};
    }
    return fd;
}

std::uint16_t port_of(const FileDescriptor& fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

}  // namespace

std::uint16_t port_of_no_connection() {
    static constexpr int kFirst = 20'000;
    static constexpr int kMany = 12'000;
    for (int i = 0; i < kMany; ++i) {  // another process begins elsewhere
        const auto port = static_cast<std::uint16_t>(kFirst + (getpid() + i) % kMany);
        if (bound_v4(INADDR_ANY, port)) return port;
    }
    throw std::runtime_error{"no port is free from 20000 to 31999"};
}

bool has_ipv6() { return static_cast<bool>(bound_v6(0)); }

LoopbackPort::LoopbackPort() {
    // Another may have that port on ::1: then the system chooses again, and not the same one, since
    // the first is still held.
    FileDescriptor taken;
    do {
        taken = std::move(v4);
        v4 = bound_v4();
        number = port_of(v4);
        v6 = bound_v6(number);
    } while (!v6 && errno == EADDRINUSE);
}

ListeningSocket::ListeningSocket(int backlog) {
    if (listen(descriptor(), backlog) != 0) {
        throw std::system_error{errno, std::generic_category(), "listen"};
    }
}

}  // namespace countersign::tests
