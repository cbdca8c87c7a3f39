#include "tests/support/listening_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace countersign::tests {
namespace {

FileDescriptor bound_socket() {
    FileDescriptor fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!fd || bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::system_error{errno, std::generic_category(), "bind"};
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

ListeningSocket::ListeningSocket(int backlog) : socket_{bound_socket()}, port_{port_of(socket_)} {
    if (listen(socket_.get(), backlog) != 0) {
        throw std::system_error{errno, std::generic_category(), "listen"};
    }
}

ClosedPort::ClosedPort() : socket_{bound_socket()}, port_{port_of(socket_)} {}

}  // namespace countersign::tests
