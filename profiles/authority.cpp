#include "profiles/authority.hpp"

#include <charconv>

namespace countersign::profiles {

AuthorityText authority_text(
    std::string_view host, std::uint16_t port, std::uint16_t default_port
) {
    const bool is_ipv6 = host.find(':') != std::string_view::npos;
    AuthorityText text;
    if (is_ipv6) text.append("[");
    text.append(host);
    if (is_ipv6) text.append("]");
    if (port == 0 || port == default_port) return text;
    char digits[6] = {':'};
    const auto end = std::to_chars(digits + 1, digits + sizeof digits, port).ptr;
    text.append({digits, static_cast<std::size_t>(end - digits)});
    return text;
}

}  // namespace countersign::profiles
