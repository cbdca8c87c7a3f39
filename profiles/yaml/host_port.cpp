#include "profiles/yaml/host_port.hpp"

#include "profiles/units.hpp"

namespace countersign::profiles {

std::optional<HostPort> as_host_port(const YamlField& field) {
    constexpr std::string_view kExpected = "a host and a port, such as api.partner.example:443";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    const auto colon = text->rfind(':');
    const auto host_text = text->substr(0, colon);
    const bool bare_ipv6 = host_text.find(':') != host_text.npos && !host_text.starts_with('[');
    const auto host = bare_ipv6 ? std::nullopt : normalise_host(host_text);
    const auto port = parse_number(colon == text->npos ? "" : text->substr(colon + 1));
    if (host && port && *port >= 1 && *port <= 65535) {
        return HostPort{*host, static_cast<std::uint16_t>(*port)};
    }
    field.unexpected(kExpected);
    return std::nullopt;
}

}  // namespace countersign::profiles
