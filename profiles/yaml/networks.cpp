#include "profiles/yaml/networks.hpp"

#include "profiles/units.hpp"
#include "profiles/yaml/address_parts.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kANetwork = "a network such as 10.0.0.0/8, or an address";

/// The network that was meant where an address inside it was written: 10.1.2.3/8.
std::optional<Network> network_around(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    const auto address = IpAddress::parse(text.substr(0, slash));
    const auto prefix = parse_number(text.substr(slash + 1));
    if (!address || !prefix || *prefix > (address->is_v4() ? 32U : 128U)) return std::nullopt;
    return Network::around(*address, static_cast<int>(*prefix));
}

}  // namespace

std::optional<Network> as_network(const YamlField& field, std::string_view expected) {
    const auto text = field.scalar(expected);
    if (!text) return std::nullopt;
    if (const auto network = Network::parse(*text)) return network;
    if (const auto around = network_around(*text)) {
        const auto address = text->substr(0, text->find('/'));
        field.problem(
            "found " + quote(*text) + ", which is an address inside a network; write " +
            yaml_value(around->to_text()) + " for the whole network, or " + yaml_value(address) +
            " for this address alone"
        );
    } else {
        field.unexpected(expected);
    }
    return std::nullopt;
}

std::optional<std::vector<Network>> as_networks(const YamlField& field) {
    const auto items = field.items("a list of networks such as [10.0.0.0/8]");
    if (!items) return std::nullopt;
    std::vector<Network> networks;
    for (const auto& item : *items) {
        if (const auto network = as_network(item, kANetwork)) networks.push_back(*network);
    }
    return networks;
}

}  // namespace countersign::profiles
