#pragma once

#include <cstdint>

#include "tests/support/process.hpp"

namespace countersign::tests {

/// A port that the system chose, held on both loopback addresses where there is IPv6: whatever
/// localhost stands for, it leads to this port's owner or to nobody.
struct LoopbackPort {
    LoopbackPort();

    FileDescriptor v4;  ///< bound to 127.0.0.1, not listening
    FileDescriptor v6;  ///< bound to ::1, and never listens; none where there is no IPv6
    std::uint16_t number = 0;
};

/// Whether this machine has ::1.
bool has_ipv6();

/// A port that is free at each address of IPv4, below those that Linux by default gives to outgoing
/// connections: none of these takes it by chance.
std::uint16_t port_of_no_connection();

/// A TCP socket that listens on 127.0.0.1, on a port that the system chose: nobody else can take it
/// meanwhile, also not between choosing it and a server's start that inherits it.
class ListeningSocket {
public:
    explicit ListeningSocket(int backlog = 512);

    int descriptor() const { return port_.v4.get(); }
    std::uint16_t port() const { return port_.number; }

private:
    LoopbackPort port_;
};

/// A port of the loopback addresses where nothing listens, and nothing will while this object
/// lives.
class ClosedPort {
public:
    std::uint16_t port() const { return port_.number; }

private:
    LoopbackPort port_;
};

}  // namespace countersign::tests
