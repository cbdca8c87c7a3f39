#include "profiles/yaml/listeners.hpp"

#include <algorithm>

#include "profiles/units.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/names.hpp"
#include "profiles/yaml/networks.hpp"
#include "profiles/yaml/paths.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kAddress = "an address such as 127.0.0.1:3128, [::1]:3128 or unix:PATH";
constexpr std::string_view kUnixPrefix = "unix:";
/// sockaddr_un keeps 108 bytes, the last of them a NUL.
constexpr std::size_t kLongestUnixPath = 107;

std::optional<ListenAddress> as_tcp_address(const YamlField& field, std::string_view text) {
    const auto colon = text.rfind(':');
    const auto host = text.substr(0, colon);
    const auto port = parse_number(colon == text.npos ? "" : text.substr(colon + 1));
    const bool bare_ipv6 = host.find(':') != host.npos && !host.starts_with('[');
    const auto address = bare_ipv6 ? std::nullopt : IpAddress::parse(host);
    if (address && port && *port <= 65535) {
        return TcpAddress{*address, static_cast<std::uint16_t>(*port)};
    }
    field.unexpected(kAddress);
    return std::nullopt;
}

std::optional<ListenAddress> as_unix_address(const YamlField& field, std::string_view text) {
    const auto path = resolve_path(text, field);
    if (text.empty()) {
        field.unexpected(kAddress);
    } else if (path.native().size() > kLongestUnixPath) {
        field.problem(quote(path.native()) + " is too long for a socket's path; at most 107 bytes");
    } else {
        return UnixAddress{path};
    }
    return std::nullopt;
}

std::optional<ListenAddress> as_listen_address(const YamlField& field) {
    const auto text = field.scalar(kAddress);
    if (!text) return std::nullopt;
    if (!text->starts_with(kUnixPrefix)) return as_tcp_address(field, *text);
    return as_unix_address(field, text->substr(kUnixPrefix.size()));
}

void check_allow(
    const ListenAddress& address, const YamlField& address_field,
    const std::optional<YamlField>& allow
) {
    const auto* tcp = std::get_if<TcpAddress>(&address);
    if (tcp == nullptr && allow) {
        allow->problem("is for TCP; who may use a socket is said by its directory's permissions");
    } else if (tcp != nullptr && !allow && !tcp->address.is_loopback()) {
        address_field.problem(
            to_text(address) + " is not loopback; say under 'allow' which networks may connect"
        );
    }
}

/// Port 0 is another one each time.
bool is_taken(const ListenAddress& address, const std::vector<Listener>& listeners) {
    const auto* tcp = std::get_if<TcpAddress>(&address);
    if (tcp != nullptr && tcp->port == 0) return false;
    return std::ranges::find(listeners, address, &Listener::address) != listeners.end();
}

Listener read_listener(
    const YamlField& field, UniqueNames& unique, const std::vector<Listener>& before
) {
    Listener listener;
    YamlMap map{field, "a listener: a map with name and address"};
    listener.name = unique.read(map).value_or("");
    const auto address_field = map.require("address", kAddress);
    const auto allow = map.find("allow");
    map.unsupported({"profile", "upstream"});

    if (allow) listener.allow = as_networks(*allow).value_or(listener.allow);
    if (allow && allow->node().kind == YamlNode::Kind::sequence && allow->node().items.empty()) {
        allow->problem("an empty list lets nobody connect; name networks");
    }
    const auto address = address_field ? as_listen_address(*address_field) : std::nullopt;
    if (!address) return listener;
    if (is_taken(*address, before)) {
        address_field->problem("another listener has the address " + to_text(*address));
    }
    check_allow(*address, *address_field, allow);
    listener.address = *address;
    return listener;
}

}  // namespace

Listener default_listener() {
    return {"default", TcpAddress{IpAddress::v4({127, 0, 0, 1}), 3128}, {}};
}

std::vector<Listener> read_listeners(const YamlField& field) {
    std::vector<Listener> listeners;
    UniqueNames unique{"listener"};
    const auto items = field.items("a list of listeners");
    if (!items) return listeners;
    if (items->empty())
        field.problem("an empty list; leave the key out to listen on 127.0.0.1:3128");
    for (const auto& item : *items) listeners.push_back(read_listener(item, unique, listeners));
    return listeners;
}

}  // namespace countersign::profiles
