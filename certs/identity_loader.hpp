#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/key_store.hpp"

namespace countersign::certs {

/// One run of `load_identity`: passwords, file, entry, key, chain, in this order, with what was
/// noticed on the way. Used once; refers to the source, which outlives it.
class IdentityLoader {
public:
    explicit IdentityLoader(const KeyStoreSource& source);

    LoadResult<LoadedIdentity> load();
    /// From bytes that are there already, which stand for the source's file.
    LoadResult<LoadedIdentity> load(ByteView bytes);

private:
    std::optional<LoadError> read_passwords();
    void note_format(const KeyStoreEntries& entries);
    std::optional<LoadError> take_key_file(KeyStoreEntries& entries);
    LoadResult<std::size_t> choose(const KeyStoreEntries& entries);
    LoadResult<PrivateKeyHandle> open(const SealedKey& key, const std::string& where);
    LoadResult<LoadedIdentity> assemble(KeyStoreEntries& entries, KeyEntry& entry);

    const KeyStoreSource& source_;
    std::string where_;
    std::string key_where_;  ///< the key's own file, else as `where_`
    std::optional<Secret> password_;
    std::optional<Secret> key_password_;
    std::vector<std::string> notes_;
};

}  // namespace countersign::certs
