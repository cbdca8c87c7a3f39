#include "profiles/yaml/listen_address.hpp"

#include "profiles/host_pattern.hpp"
#include "profiles/units.hpp"
#include "profiles/yaml/host_port.hpp"
#include "profiles/yaml/networks.hpp"
#include "profiles/yaml/paths.hpp"
#include "profiles/yaml/scalars.hpp"
#include "profiles/yaml/socket_access.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
/// sockaddr_un keeps 108 bytes, the last of them a NUL.
constexpr std::size_t kLongestUnixPath = 107;

std::optional<TcpAddress> tcp_address(std::string_view text) {
    const auto texts = split_host_port(text, 0);
    const auto address = texts ? IpAddress::parse(texts->host) : std::nullopt;
    if (!address) return std::nullopt;
    return TcpAddress{*address, texts->port};
}

/// "127.0.0.1:3128", and IPv6 in quotes, without which it would be a list to YAML.
std::string as_value(const TcpAddress& address) {
    const auto text = to_text(ListenAddress{address});
    return address.address.is_v4() ? text : "\"" + text + "\"";
}

/// What to write where a text is no address of a listener: never empty.
std::string address_wanted(std::string_view text, std::uint16_t usual_port) {
    if (const auto address = with_brackets(text, usual_port); !address.empty()) {
        return "an address and a port: write " + address;
    }
    if (const auto address = IpAddress::parse(text)) {
        return "an address and a port: write " + as_value({*address, usual_port});
    }
    if (const auto port = parse_number(text); port && *port > 0 && *port <= 65535) {
        return "an address in front of the port: write 127.0.0.1:" + std::string{text};
    }
    const auto colon = text.rfind(':');
    const auto host = text.substr(0, colon);
    const auto port = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
    if (const auto scheme = text.find("://"); scheme != text.npos) {
        auto rest = text.substr(scheme + 3);
        rest = rest.substr(0, rest.find('/'));
        const auto address = tcp_address(rest);
        return (
            address ? "an address without the URL's scheme: write " + as_value(*address)
                    : expected_address(usual_port) + ", which is no URL"
        );
    }
    const bool digits = !port.empty() && port.find_first_not_of("0123456789") == port.npos;
    const auto number = digits ? parse_number(port) : std::nullopt;
    if (digits && IpAddress::parse(host) && (!number || *number > 65535)) {
        return "a port from 1 to 65535 behind the address";
    }
    if (!number || *number > 65535) return expected_address(usual_port);
    const std::string with_port = ":" + std::string{port};
    if (host.empty() || host == "*") {
        return "an IP address in front of the port: 0.0.0.0" + with_port +
               " for all IPv4 addresses of this machine, 127.0.0.1" + with_port +
               " for programs on this machine alone";
    }
    if (host == "localhost") return "an IP address, not a name: write 127.0.0.1" + with_port;
    if (host.find(':') == host.npos && normalise_host(host)) {
        return "an IP address of this machine (`ip address` lists them), not a name: such as "
               "192.0.2.1" +
               with_port;
    }
    return expected_address(usual_port);
}

std::optional<ListenAddress> as_tcp_address(
    const YamlField& field, std::string_view text, std::uint16_t usual_port
) {
    if (const auto address = tcp_address(text)) return *address;
    field.unexpected(address_wanted(text, usual_port));
    return std::nullopt;
}

std::optional<ListenAddress> as_unix_address(
    const YamlField& field, std::string_view text, std::uint16_t usual_port
) {
    const auto path = resolve_path(text, field);
    if (!path) return std::nullopt;
    if (text.empty()) {
        field.unexpected(expected_address(usual_port));
    } else if (path->native().size() > kLongestUnixPath) {
        field.problem(
            quote_file(path->native()) + " is too long for a socket's path; at most 107 bytes"
        );
    } else {
        return UnixAddress{*path};
    }
    return std::nullopt;
}

std::optional<ListenAddress> as_listen_address(const YamlField& field, std::uint16_t usual_port) {
    const auto text = field.scalar(expected_address(usual_port));
    if (!text) return std::nullopt;
    if (!text->starts_with(kUnixPrefix)) return as_tcp_address(field, *text, usual_port);
    return as_unix_address(field, text->substr(kUnixPrefix.size()), usual_port);
}

void check_allow(
    const ListenAddress& address, const YamlField& address_field,
    const std::optional<YamlField>& allow
) {
    const auto* tcp = std::get_if<TcpAddress>(&address);
    if (tcp == nullptr && allow) {
        allow->problem(
            "is for IP addresses, and this listener is a unix socket; remove it, and say who may "
            "connect with its mode and group, such as mode: \"0660\""
        );
    } else if (tcp != nullptr && !allow && !tcp->address.is_loopback()) {
        address_field.problem(
            to_text(address) +
            " can be reached from other machines; say which of them may connect, such as "
            "allow: [10.0.0.0/8]"
        );
    }
}

}  // namespace

std::optional<ListenAddress> listen_address_of(std::string_view text) {
    if (!text.starts_with(kUnixPrefix)) return tcp_address(text);
    const auto path = text.substr(kUnixPrefix.size());
    if (path.empty() || path.size() > kLongestUnixPath) return std::nullopt;
    return UnixAddress{path};
}

std::string expected_address(std::uint16_t usual_port) {
    const std::string port = std::to_string(usual_port);
    return "an address such as 127.0.0.1:" + port + ", \"[::1]:" + port + "\" or unix:PATH";
}

bool read_listen_address(
    YamlMap& map, const std::optional<YamlField>& address_field, std::uint16_t usual_port,
    Listener& listener
) {
    const auto allow = map.find("allow");
    if (allow) listener.allow = as_networks(*allow).value_or(listener.allow);
    if (allow && allow->node().kind == YamlNode::Kind::sequence && allow->node().items.empty()) {
        allow->problem(
            "an empty list lets nobody connect; name the networks that may, such as [10.0.0.0/8]"
        );
    }
    const auto address =
        address_field ? as_listen_address(*address_field, usual_port) : std::nullopt;
    if (!address) {
        read_socket_access(map, true, listener);
        return false;
    }
    check_allow(*address, *address_field, allow);
    read_socket_access(map, std::holds_alternative<UnixAddress>(*address), listener);
    listener.address = *address;
    return true;
}

}  // namespace countersign::profiles
