#include "proxy/admin/percent_decoded.hpp"

#include <charconv>

namespace countersign::proxy::admin {

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        if (text.front() != '%') {
            plain += text.front();
            text.remove_prefix(1);
            continue;
        }
        unsigned octet = 0;
        const char* const digits = text.data() + 1;
        if (text.size() < 3) return std::nullopt;
        const auto [end, error] = std::from_chars(digits, digits + 2, octet, 16);
        if (error != std::errc{} || end != digits + 2) return std::nullopt;
        plain += static_cast<char>(octet);
        text.remove_prefix(3);
    }
    return plain;
}

}  // namespace countersign::proxy::admin
