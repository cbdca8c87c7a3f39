#include "certs/random_text.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>

#include "certs/text/ascii.hpp"

namespace countersign::certs {

std::string random_text(std::size_t count) {
    std::array<unsigned char, 64> bytes{};
    count = std::min(count, bytes.size());
    if (::getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count)) return {};
    std::string text;
    for (std::size_t i = 0; i < count; ++i) append_hex(text, bytes[i]);
    return text;
}

}  // namespace countersign::certs
