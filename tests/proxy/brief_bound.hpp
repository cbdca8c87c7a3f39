#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "profiles/host_pattern.hpp"
#include "proxy/failure.hpp"

namespace countersign::proxy {

/// The status line of a failure that the program makes has its bound, whatever the host's length.
inline void expect_bounded_brief(const Failure& failure) {
    for (std::size_t size = 0; size <= profiles::kLongestHost; ++size) {
        const std::string text = brief_text(failure, std::string(size, 'h'));
        ASSERT_LE(text.size(), 120U) << text;
    }
}

}  // namespace countersign::proxy
