#include "profiles/yaml/host_port.hpp"

#include "profiles/units.hpp"

namespace countersign::profiles {

std::optional<HostPortText> split_host_port(std::string_view text, std::uint16_t least) {
    const auto colon = text.rfind(':');
    const auto host = text.substr(0, colon);
    const auto port = parse_number(colon == text.npos ? "" : text.substr(colon + 1));
    const bool bare_ipv6 = host.find(':') != host.npos && !host.starts_with('[');
    if (bare_ipv6 || !port || *port < least || *port > 65535) return std::nullopt;
    return HostPortText{host, static_cast<std::uint16_t>(*port)};
}

std::optional<HostPort> as_host_port(const YamlField& field) {
    constexpr std::string_view kExpected = "a host and a port, such as api.partner.example:443";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    const auto texts = split_host_port(*text, 1);
    const auto host = texts ? normalise_host(texts->host) : std::nullopt;
    if (host) return HostPort{*host, texts->port};
    field.unexpected(kExpected);
    return std::nullopt;
}

}  // namespace countersign::profiles
