#include "proxy/net/socket_address.hpp"

#include <netinet/in.h>

#include <array>
#include <cstring>

#include "profiles/authority.hpp"

namespace countersign::proxy::net {

SocketAddress::SocketAddress(const profiles::IpAddress& address, std::uint16_t port) {
    if (address.is_v4()) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(storage_);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes().data(), sizeof v4.sin_addr);
        size_ = sizeof v4;
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(storage_);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&v6.sin6_addr, address.bytes().data(), sizeof v6.sin6_addr);
        size_ = sizeof v6;
    }
}

std::optional<profiles::IpAddress> ip_address_of(const sockaddr* address) {
    if (address == nullptr) return std::nullopt;
    if (address->sa_family == AF_INET) {
        std::array<std::uint8_t, 4> bytes;
        const auto& v4 = *reinterpret_cast<const sockaddr_in*>(address);
        std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
        return profiles::IpAddress::v4(bytes);
    }
    if (address->sa_family == AF_INET6) {
        std::array<std::uint8_t, 16> bytes;
        const auto& v6 = *reinterpret_cast<const sockaddr_in6*>(address);
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return profiles::IpAddress::v6(bytes);
    }
    return std::nullopt;
}

std::uint16_t port_of(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        return ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
    }
    if (address->sa_family == AF_INET6) {
        return ntohs(reinterpret_cast<const sockaddr_in6*>(address)->sin6_port);
    }
    return 0;
}

std::string peer_text(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto* const peer = reinterpret_cast<sockaddr*>(&storage);
    if (::getpeername(fd, peer, &size) != 0) return {};
    const auto address = ip_address_of(peer);
    if (!address) return {};
    return profiles::authority_text(address->to_text(), port_of(peer)).text();
}

}  // namespace countersign::proxy::net
