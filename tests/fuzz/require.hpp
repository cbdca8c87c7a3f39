#pragma once

#include <cstdio>
#include <cstdlib>

namespace countersign::fuzz {

/// What always holds, whatever the input; the fuzzer keeps an input for which it does not.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

}  // namespace countersign::fuzz
