#pragma once

#include <optional>
#include <string>
#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// The list `clients:` at the top.
std::vector<NamedClient> read_clients(const YamlField& field);

/// What profiles refer to by name, those with problems too, so that one problem does not bring a
/// second.
struct KnownNames {
    std::vector<std::string> clients;
    std::vector<std::string> listeners;
    bool default_listener = false;  ///< the configuration names none
};

/// One of a profile's `clients`: a network, uid:N, gid:N or a client's name.
std::optional<ClientPattern> as_client_pattern(const YamlField& field, const KnownNames& known);

/// One of a profile's `listeners`.
std::optional<std::string> as_listener_name(const YamlField& field, const KnownNames& known);

/// The names that the entries of a list give, whatever else is wrong with them.
std::vector<std::string> names_in(const YamlField& list);

}  // namespace countersign::profiles
