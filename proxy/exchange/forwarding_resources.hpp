#pragma once

#include "proxy/generation/generation_handle.hpp"
#include "proxy/http/head_scratch.hpp"
#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/event_loop.hpp"

namespace countersign::proxy::exchange {

/// What forwarding needs of its worker.
struct ForwardingResources : http::HeadScratch {
    net::EventLoop loop;
    generation::GenerationHandle generation;  ///< for the next exchange
    net::BufferPool buffers;
};

}  // namespace countersign::proxy::exchange
