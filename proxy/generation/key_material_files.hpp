#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "certs/content_state.hpp"
#include "certs/source.hpp"
#include "profiles/configuration.hpp"

namespace countersign::proxy::generation {

/// The files that a load of the configuration opens besides itself: key stores with their keys and
/// chains, trust (a directory as such), revocation lists, and all that a password or a field's
/// value is read from. Each once.
std::vector<std::filesystem::path> key_material_files(const profiles::Configuration& configuration);

/// Those of one record, each once.
std::vector<std::filesystem::path> files_of(const certs::KeyStoreSource& source);
std::vector<std::filesystem::path> files_of(const certs::TrustSource& source);

/// What tells the content of these, and of the system's trust store, from that of another time.
std::string key_material_state(
    const profiles::Configuration& configuration, certs::ContentStates& states
);

}  // namespace countersign::proxy::generation
