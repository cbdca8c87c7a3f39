#pragma once

#include <string>

#include "proxy/net/byte_stream.hpp"
#include "proxy/tls/socket_channel.hpp"
#include "proxy/tls/tls_engine.hpp"

namespace countersign::proxy::tls {

namespace detail {

struct OwnSocketChannel {
    explicit OwnSocketChannel(net::Descriptor& descriptor) : channel{descriptor} {}
    SocketChannel channel;
};

}  // namespace detail

/// A ByteStream inside TLS, straight on a descriptor's socket. The descriptor outlives it.
class TlsStream final : private detail::OwnSocketChannel, public TlsEngine {
public:
    TlsStream(
        const TlsContext& context, net::Descriptor& descriptor, const std::string& server_name,
        TlsMemory* memory, HelloTerms hello = {}
    )
        : OwnSocketChannel{descriptor}, TlsEngine{context, channel, server_name, memory, hello} {}

    net::Descriptor& descriptor() { return channel.descriptor(); }
    bool has_input() const {
        return channel.descriptor().readable() || has_pending() || owes_output();
    }
};

static_assert(net::ByteStream<TlsStream>);

}  // namespace countersign::proxy::tls
