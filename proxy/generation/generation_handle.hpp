#pragma once

#include <boost/smart_ptr/local_shared_ptr.hpp>
#include <memory>
#include <utility>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::generation {

/// One worker's hold on a generation. Copies are counted without atomics: they stay on the worker's
/// thread, and no exchange touches a counter that another worker touches too.
using GenerationHandle = boost::local_shared_ptr<const Generation>;

inline GenerationHandle hold(std::shared_ptr<const Generation> generation) {
    const Generation* const held = generation.get();
    return GenerationHandle{held, [kept = std::move(generation)](const Generation*) {}};
}

}  // namespace countersign::proxy::generation
