#pragma once

#include "proxy/tls/record_channel.hpp"

namespace countersign::proxy::net {
class Descriptor;
}

namespace countersign::proxy::tls {

/// Records straight on a socket. It knows what the descriptor knows: a socket that is not readable
/// is not read, so that "nothing there" costs no system call, and a short read is remembered as the
/// end of what is there. The descriptor outlives it.
class SocketChannel final : public RecordChannel {
public:
    explicit SocketChannel(net::Descriptor& descriptor) : descriptor_{descriptor} {}

    net::IoResult receive(std::span<char> room) override;
    net::IoResult send(std::string_view bytes) override;
    bool peer_closed() const override;
    net::Descriptor& descriptor() const { return descriptor_; }

private:
    net::Descriptor& descriptor_;
};

}  // namespace countersign::proxy::tls
