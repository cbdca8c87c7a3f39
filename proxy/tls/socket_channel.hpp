#pragma once

#include "proxy/tls/record_channel.hpp"

namespace countersign::proxy {

class Descriptor;

/// Records straight on a socket. It knows what the descriptor knows: a socket that is not readable
/// is not read, so that "nothing there" costs no system call, and a short read is remembered as the
/// end of what is there. The descriptor outlives it.
class SocketChannel final : public RecordChannel {
public:
    explicit SocketChannel(Descriptor& descriptor) : descriptor_{descriptor} {}

    IoResult receive(std::span<char> room) override;
    IoResult send(std::string_view bytes) override;
    bool peer_closed() const override;
    Descriptor& descriptor() const { return descriptor_; }

private:
    Descriptor& descriptor_;
};

}  // namespace countersign::proxy
