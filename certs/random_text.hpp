#pragma once

#include <cstddef>
#include <string>

namespace countersign::certs {

/// So many random bytes, 64 at most, as hexadecimal digits: nobody can guess them. Empty where this
/// machine has none.
std::string random_text(std::size_t bytes);

}  // namespace countersign::certs
