#include "proxy/admin/api_path.hpp"

#include <charconv>
#include <system_error>

namespace countersign::proxy::admin {

std::string_view name_in(std::string_view path, std::string_view route) {
    const std::size_t star = route.find('*');
    const std::string_view front = route.substr(0, star);
    const std::string_view back = route.substr(star + 1);
    if (path.size() <= front.size() + back.size()) return {};
    if (!path.starts_with(front) || !path.ends_with(back)) return {};
    return path.substr(front.size(), path.size() - front.size() - back.size());
}

std::optional<std::string> decoded(std::string_view text) {
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
