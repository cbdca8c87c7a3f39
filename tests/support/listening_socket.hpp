#pragma once

#include <cstdint>

#include "tests/support/process.hpp"

namespace countersign::tests {

/// A TCP socket that listens on 127.0.0.1, on a port that the system chose: nobody else can take it
/// meanwhile, also not between choosing it and a server's start that inherits it.
class ListeningSocket {
public:
    explicit ListeningSocket(int backlog = 512);

    int descriptor() const { return socket_.get(); }
    std::uint16_t port() const { return port_; }

private:
    FileDescriptor socket_;
    std::uint16_t port_ = 0;
};

/// A port on 127.0.0.1 where nothing listens, and nothing will while this object lives.
class ClosedPort {
public:
    ClosedPort();
    std::uint16_t port() const { return port_; }

private:
    FileDescriptor socket_;  ///< bound, not listening
    std::uint16_t port_ = 0;
};

}  // namespace countersign::tests
