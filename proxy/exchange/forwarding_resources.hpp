#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "proxy/generation/generation_handle.hpp"
#include "proxy/http/head.hpp"
#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/event_loop.hpp"

namespace countersign::proxy {

/// What forwarding needs of its worker. The scratch objects are for one step between two
/// suspensions; nothing in them survives a co_await.
struct ForwardingResources {
    ForwardingResources(
        std::shared_ptr<const Generation> first, std::size_t buffer_payload,
        std::size_t buffer_headroom
    )
        : generation{hold(std::move(first))}, buffers{buffer_payload, buffer_headroom} {}

    EventLoop loop;
    GenerationHandle generation;  ///< for the next exchange
    BufferPool buffers;
    bool draining = false;

    Head head;         ///< scratch
    std::string text;  ///< scratch
};

}  // namespace countersign::proxy
