#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "proxy/generation/generation_handle.hpp"
#include "proxy/http/head_scratch.hpp"
#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/event_loop.hpp"

namespace countersign::proxy {

/// What forwarding needs of its worker.
struct ForwardingResources : HeadScratch {
    ForwardingResources(
        std::shared_ptr<const Generation> first, std::size_t buffer_payload,
        std::size_t buffer_headroom
    )
        : generation{hold(std::move(first))}, buffers{buffer_payload, buffer_headroom} {}

    EventLoop loop;
    GenerationHandle generation;  ///< for the next exchange
    BufferPool buffers;
    bool draining = false;
};

}  // namespace countersign::proxy
