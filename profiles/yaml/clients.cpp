#include "profiles/yaml/clients.hpp"

#include <algorithm>
#include <limits>

#include "certs/text/ascii.hpp"
#include "profiles/units.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/names.hpp"
#include "profiles/yaml/networks.hpp"
#include "profiles/yaml/password.hpp"
#include "profiles/yaml/paths.hpp"
#include "profiles/yaml/scalars.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kPattern =
    "a network such as 10.0.0.0/8, uid:1000, gid:100, or the name of a client under 'clients'";

bool is_name(std::string_view text) {
    const auto allowed = [](char c) {
        return certs::is_letter(c) || certs::is_digit(c) || c == '-' || c == '_' || c == '.';
    };
    return !text.empty() && certs::is_letter(text.front()) && std::ranges::all_of(text, allowed);
}

NamedClient read_client(const YamlField& field, UniqueNames& unique) {
    NamedClient client;
    YamlMap map{field, "a client: a map with name and password"};
    client.name = unique.read(map).value_or("");
    if (!client.name.empty() && !is_name(client.name)) {
        map.find("name")->unexpected("letters, digits, '-', '_' and '.', a letter first");
    }
    map.read("description", client.description, as_text);
    if (const auto password = map.require("password", "{ file: PATH } or { env: NAME }")) {
        if (auto source = as_password(*password, as_existing_file)) {
            client.password = std::move(*source);
            client.where = password->place().to_text();
        }
    }
    return client;
}

/// The number behind "uid:" or "gid:".
std::optional<std::uint32_t> as_id(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    const auto number = parse_number(text.substr(prefix.size()));
    if (!number || *number >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<std::string> as_known(
    const YamlField& field, const std::vector<std::string>& known, std::string_view kind,
    std::string_view how_to_add
) {
    const auto text = field.scalar("the name of a " + std::string{kind});
    if (!text) return std::nullopt;
    if (std::ranges::count(known, *text) > 0) return std::string{*text};
    const std::vector<std::string_view> words{known.begin(), known.end()};
    const auto nearest = did_you_mean(*text, words);
    field.problem(
        "no " + std::string{kind} + " is named " + quote(*text) +
        (nearest.empty() ? "; " + std::string{how_to_add} : nearest)
    );
    return std::nullopt;
}

}  // namespace

std::vector<NamedClient> read_clients(const YamlField& field) {
    std::vector<NamedClient> clients;
    UniqueNames unique{"client"};
    const auto items = field.items("a list of clients");
    if (!items) return clients;
    for (const auto& item : *items) clients.push_back(read_client(item, unique));
    return clients;
}

std::optional<ClientPattern> as_client_pattern(const YamlField& field, const KnownNames& known) {
    const auto text = field.scalar(kPattern);
    if (!text) return std::nullopt;
    if (const auto uid = as_id(*text, "uid:")) return UidPattern{*uid};
    if (const auto gid = as_id(*text, "gid:")) return GidPattern{*gid};
    if (is_name(*text)) {
        auto name = as_known(
            field, known.clients, "client",
            "add it under clients: at the top level, with a name and a password; a client without "
            "a name is a network such as 10.0.0.0/8, or uid:1000"
        );
        if (!name) return std::nullopt;
        return NamedClientPattern{std::move(*name)};
    }
    const auto network = as_network(field, kPattern);
    return network ? std::optional<ClientPattern>{*network} : std::nullopt;
}

std::optional<std::string> as_listener_name(const YamlField& field, const KnownNames& known) {
    return as_known(
        field, known.listeners, "listener",
        known.default_listener
            ? "the only one is 'default', at 127.0.0.1:3128, which is there while nothing stands "
              "under listeners: at the top level; list this one there, with a name and an address, "
              "and 127.0.0.1:3128, too, where it is to stay"
            : "add it under listeners: at the top level, with a name and an address, or name one "
              "that is there"
    );
}

std::vector<std::string> names_in(const YamlField& list) {
    std::vector<std::string> names;
    for (const auto& item : list.node().items) {
        for (const auto& [key, place, value] : item.entries) {
            if (key == "name") names.push_back(value.text);
        }
    }
    return names;
}

}  // namespace countersign::profiles
