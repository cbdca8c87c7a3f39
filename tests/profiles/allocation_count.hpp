#pragma once

#include <cstddef>

namespace countersign::profiles {

/// How often this thread has allocated since it began. The test program's operator new counts.
std::size_t allocation_count();

}  // namespace countersign::profiles
