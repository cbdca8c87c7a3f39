#include "proxy/server/environment.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace countersign::proxy::server {

std::optional<std::uint64_t> number_in(const char* variable) {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    std::uint64_t number = 0;
    const char* const end = text + std::strlen(text);
    const auto [stopped, error] = std::from_chars(text, end, number);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return number;
}

}  // namespace countersign::proxy::server
