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

std::string with_brackets(std::string_view text, std::uint16_t port) {
    const auto is_v6 = [](std::string_view address) {
        return address.find(':') != address.npos && !address.starts_with('[') &&
               IpAddress::parse(address).has_value();
    };
    const auto colon = text.rfind(':');
    const auto last = colon == text.npos ? std::nullopt : parse_number(text.substr(colon + 1));
    if (last && *last > 0 && *last <= 65535 && is_v6(text.substr(0, colon))) {
        return "\"[" + std::string{text.substr(0, colon)} + "]" + std::string{text.substr(colon)} +
               "\"";
    }
    if (!is_v6(text)) return {};
    return "\"[" + std::string{text} + "]:" + std::to_string(port) + "\"";
}

namespace {

/// ": write api.example:443": what was probably meant by a text that is none; empty where that is
/// not known. One with an '@' may hold a password.
std::string host_port_hint(std::string_view text) {
    if (text.find('@') != text.npos) return {};
    if (const auto scheme = text.find("://"); scheme != text.npos) text.remove_prefix(scheme + 3);
    text = text.substr(0, text.find_first_of("/?#"));
    if (const auto address = with_brackets(text, 443); !address.empty()) {
        return ": write " + address;
    }
    if (text.find(':') == text.npos) {
        return normalise_host(text) ? ": write " + std::string{text} + ":443" : std::string{};
    }
    const auto texts = split_host_port(text, 1);
    if (!texts || !normalise_host(texts->host)) return {};
    return texts->host.starts_with('[') ? ": write \"" + std::string{text} + "\""
                                        : ": write " + std::string{text};
}

}  // namespace

std::optional<HostPort> as_host_port(const YamlField& field) {
    constexpr std::string_view kExpected = "a host and a port, such as api.partner.example:443";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    const auto texts = split_host_port(*text, 1);
    const auto host = texts ? normalise_host(texts->host) : std::nullopt;
    if (host) return HostPort{*host, texts->port};
    const auto hint = host_port_hint(*text);
    if (hint.empty()) {
        field.unexpected(kExpected);
    } else {
        const bool url = text->find("://") != text->npos;
        field.unexpected(
            (url ? "a host and a port, without the rest of a URL" : "a host and a port") + hint
        );
    }
    return std::nullopt;
}

}  // namespace countersign::profiles
