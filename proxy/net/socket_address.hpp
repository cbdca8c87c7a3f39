#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "profiles/network.hpp"

namespace countersign::proxy::net {

/// An IP address and a port as the system's calls take them.
class SocketAddress {
public:
    SocketAddress(const profiles::IpAddress& address, std::uint16_t port);

    int family() const { return storage_.ss_family; }
    const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t size() const { return size_; }

private:
    sockaddr_storage storage_{};
    socklen_t size_;
};

/// The way back: nullopt where it is of another family (a unix socket's), or null.
std::optional<profiles::IpAddress> ip_address_of(const sockaddr* address);
/// 0 where it is of another family.
std::uint16_t port_of(const sockaddr* address);
/// Of the other end of a connected socket: "192.0.2.1:443", "[2001:db8::1]:443"; empty where it has
/// none.
std::string peer_text(int fd);

}  // namespace countersign::proxy::net
