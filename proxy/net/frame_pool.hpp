#pragma once

#include <cstddef>

#include "proxy/net/surplus.hpp"

namespace countersign::proxy::net {

/// Memory for coroutine frames: free lists of this thread, by size. A frame taken and given back
/// costs a few instructions, and after warm-up no exchange reaches the heap. Memory given back on
/// another thread joins that thread's lists, which is why it works, and why tasks that stay on
/// their worker are the ones it is made for.
void* take_frame(std::size_t size);
void give_back_frame(void* frame, std::size_t size) noexcept;

/// Frames of this thread that nobody needed since the last call go back to the heap, but for a few.
Surplus give_back_surplus_frames();

}  // namespace countersign::proxy::net
