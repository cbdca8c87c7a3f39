#pragma once

#include <string>

#include "proxy/tls/socket_channel.hpp"
#include "proxy/tls/tls_engine.hpp"

namespace countersign::proxy {

namespace detail {

struct OwnSocketChannel {
    explicit OwnSocketChannel(Descriptor& descriptor) : channel{descriptor} {}
    SocketChannel channel;
};

}  // namespace detail

/// A TLS connection straight on a descriptor's socket: where a step says would_block_*, wait on the
/// descriptor and take it again. Its descriptor outlives it.
class TlsStream final : private detail::OwnSocketChannel, public TlsEngine {
public:
    TlsStream(
        const TlsContext& context, Descriptor& descriptor, const std::string& server_name,
        TlsMemory* memory
    )
        : OwnSocketChannel{descriptor}, TlsEngine{context, channel, server_name, memory} {}
};

}  // namespace countersign::proxy
