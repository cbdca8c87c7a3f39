#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "certs/content_state.hpp"
#include "certs/crl_set.hpp"
#include "certs/error.hpp"
#include "certs/identity.hpp"
#include "certs/source.hpp"
#include "certs/trust_store.hpp"

namespace countersign::proxy::generation {

/// A key store as a load has read it, with all that there is to say of it.
struct LoadedKeyStore {
    certs::KeyStoreSource source;
    /// Of its files when they were read; empty where they changed meanwhile, or are told by no
    /// content.
    std::string state;
    std::shared_ptr<const certs::Identity> identity;
    std::vector<std::string> notes;
    std::vector<std::filesystem::path> files_with_keys;
    std::string renewal;
    std::string leaf_where;  ///< file and alias
};

/// The same of certificates that are trusted together.
struct LoadedTrust {
    std::vector<certs::TrustSource> sources;
    std::string state;
    std::shared_ptr<const certs::TrustStore> store;
};

/// The same of revocation lists that are looked at together.
struct LoadedLists {
    std::string state;
    std::shared_ptr<const certs::CrlSet> lists;
};

template <class Loaded>
using Shared = std::shared_ptr<const Loaded>;

/// A key store that a load wants.
struct WantedKeyStore {
    const certs::KeyStoreSource* source;
    std::string state;              ///< of its files; empty: of no use
    Shared<LoadedKeyStore> before;  ///< of the same record, in the load before; may be null
};
/// Of each: `before`, where it is of the same source and its files have the same content: nothing
/// is opened then. Else what is read now, with the identity of `before` where that has the same
/// content. Many are read by several threads. `settled` becomes false where what was read is of
/// another state than was wanted: the files changed meanwhile.
std::vector<certs::LoadResult<Shared<LoadedKeyStore>>> load_key_stores(
    std::vector<WantedKeyStore> wanted, bool& settled
);

/// The same of certificates that are trusted together.
certs::LoadResult<Shared<LoadedTrust>> load_trust(
    const std::vector<certs::TrustSource>& sources, const Shared<LoadedTrust>& before,
    certs::ContentStates& states, bool& settled
);

/// What a load has read of key stores, trust stores and revocation lists. The next one takes over
/// what has not changed by content.
struct KeyMaterial {
    template <class Loaded>
    using Named = std::map<std::string, Shared<Loaded>>;
    using Pair = std::pair<Shared<certs::Identity>, Shared<certs::TrustStore>>;
    using Completed = std::map<Pair, Shared<certs::Identity>>;

    Named<LoadedKeyStore> key_stores;  ///< by record
    Named<LoadedTrust> trust;          ///< by the records that are in it, and "system"
    Named<LoadedLists> lists;          ///< by their files
    /// Identities whose chains a trust store has led further up.
    Completed completed;
};

/// The revocation lists of these files, once for all who name the same, which `made` keeps.
certs::LoadResult<Shared<certs::CrlSet>> load_lists(
    const std::vector<std::filesystem::path>& files, KeyMaterial& made, const KeyMaterial& before,
    certs::ContentStates& states, bool& settled
);

/// Under what the trust store of these records (and the system's) stands.
std::string trust_key(const std::vector<std::string>& records, bool system);

/// What stands under that name; null where nothing does.
template <class Loaded>
Shared<Loaded> find_loaded(const KeyMaterial::Named<Loaded>& all, const std::string& name) {
    const auto found = all.find(name);
    return found == all.end() ? nullptr : found->second;
}

}  // namespace countersign::proxy::generation
