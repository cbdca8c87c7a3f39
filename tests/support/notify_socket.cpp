#include "tests/support/notify_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace countersign::tests {

NotifySocket::NotifySocket() : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error{"the notification socket cannot be made"};
    }
}

std::string NotifySocket::path() const { return (directory_ / "notify").string(); }

std::string NotifySocket::next(std::chrono::milliseconds limit) const {
    pollfd waiting{socket_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) {
        throw std::runtime_error{"the service manager was told nothing"};
    }
    std::array<char, 4096> text{};
    const ssize_t got = ::recv(socket_.get(), text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(got > 0 ? got : 0)};
}

}  // namespace countersign::tests
