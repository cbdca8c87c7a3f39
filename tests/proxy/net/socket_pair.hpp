#pragma once

#include <fcntl.h>
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <system_error>

#include "proxy/net/unique_fd.hpp"
#include "tests/support/process.hpp"

namespace countersign::proxy::net {

/// Two connected sockets that do not block: `ours` for a Descriptor, and the peer.
class SocketPair {
public:
    SocketPair() {
        int both[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both) != 0) {
            throw std::system_error{errno, std::generic_category(), "socketpair"};
        }
        ours = UniqueFd{both[0]};
        peer_ = tests::FileDescriptor{both[1]};
    }

    UniqueFd ours;

    /// How many of the bytes the socket took.
    std::size_t say(std::string_view bytes) const {
        const auto sent = ::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        return sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }
    /// Everything that has come to the peer by now.
    std::string hear() const {
        std::string heard;
        char bytes[4096];
        for (;;) {
            const auto got = ::recv(peer_.get(), bytes, sizeof bytes, 0);
            if (got <= 0) return heard;
            heard.append(bytes, static_cast<std::size_t>(got));
        }
    }
    int peer() const { return peer_.get(); }
    void finish_sending() const { ::shutdown(peer_.get(), SHUT_WR); }
    void close() { peer_ = tests::FileDescriptor{}; }

private:
    tests::FileDescriptor peer_;
};

/// Writes until the socket takes no more.
inline void fill_socket(int fd) {
    const std::string block(64 * 1024, 'x');
    while (::send(fd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
    }
}

}  // namespace countersign::proxy::net
