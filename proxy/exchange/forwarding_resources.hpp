#pragma once

#include "proxy/generation/generation_handle.hpp"
#include "proxy/http/head_scratch.hpp"
#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/event_loop.hpp"

namespace countersign::proxy {

/// What forwarding needs of its worker.
struct ForwardingResources : HeadScratch {
    EventLoop loop;
    GenerationHandle generation;  ///< for the next exchange
    BufferPool buffers;
    bool draining = false;
};

}  // namespace countersign::proxy
