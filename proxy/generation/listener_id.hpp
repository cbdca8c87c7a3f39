#pragma once

#include <cstdint>

namespace countersign::proxy::generation {

/// Which listener: the same number in each generation that has it, so that who came in through it
/// finds today's rules. Where a generation has it no more, nothing of its clients is forwarded.
enum class ListenerId : std::uint32_t {};

/// Of a peer that came in through none: in tests that need none.
constexpr ListenerId kNoListener{UINT32_MAX};

}  // namespace countersign::proxy::generation
