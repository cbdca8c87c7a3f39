#pragma once

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/exchange/forwarding_resources.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/upstream_stream.hpp"

namespace countersign::proxy::exchange {

/// Does what `core` says, until it is over or lets go of the server: reads and writes where it can,
/// waits where it cannot, and tells the core what happened. It decides nothing about HTTP.
net::Task<void> pump(
    ForwardingResources& resources, net::PlainStream& client, upstream::UpstreamStream& server,
    ExchangeCore& core
);

/// The same for what is left when `core` has let go of the server, until it is over.
net::Task<void> deliver(
    ForwardingResources& resources, net::PlainStream& client, ExchangeCore& core
);

}  // namespace countersign::proxy::exchange
