#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/chain_file.hpp"
#include "certs/error.hpp"
#include "certs/identity.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// An identity with what was noticed on the way ("declared as java_key_store, is PKCS#12").
struct LoadedIdentity {
    Identity identity;
    std::vector<std::string> notes;
    /// Of the source's files those that hold a private key, whichever is used.
    std::vector<std::filesystem::path> files_with_keys;
    /// How the leaf is renewed, in sentences, with the commands.
    std::string renewal;
    std::string leaf_where;  ///< file and alias, for messages about the leaf
};

/// Reads the store, finds the entry that is meant (the alias, compared without case as keytool
/// does, or the only private key) and proves that its key and leaf belong together. Every failure
/// is its own LoadErrorCode.
LoadResult<LoadedIdentity> load_identity(const KeyStoreSource& source);

/// One run of `load_identity`: passwords, files, entry, key, chain, in this order, with what was
/// noticed on the way. Used once; refers to the source, which outlives it.
class IdentityLoader {
public:
    /// `audience`: whom its errors tell what to do about passwords.
    explicit IdentityLoader(
        const KeyStoreSource& source, Audience audience = Audience::key_store_record
    );

    LoadResult<LoadedIdentity> load();
    /// From bytes that are there already, which stand for the source's file.
    LoadResult<LoadedIdentity> load(ByteView bytes);

private:
    std::optional<LoadError> read_passwords();
    void note_format(const KeyStoreEntries& entries);
    std::optional<LoadError> take_key_file(KeyStoreEntries& entries);
    std::optional<LoadError> take_chain_files(const KeyStoreEntries& entries);
    LoadResult<std::size_t> choose(const KeyStoreEntries& entries);
    LoadResult<PrivateKeyHandle> open(
        const SealedKey& key, KeyStoreFormat found, const std::string& where
    );
    /// Of a key that the store's password does not open.
    LoadError not_opened(LoadError error, KeyStoreFormat found) const;
    LoadError no_key(LoadError error, const KeyStoreEntries& entries) const;
    /// `subjects`: of the certificates in `file`.
    LoadError no_leaf(const std::vector<std::string>& subjects, const std::string& where) const;
    /// A leaf that stands in a chain file, which is noted; null where there is none.
    X509* find_leaf_in_chain(const EVP_PKEY* key);
    LoadResult<LoadedIdentity> assemble(KeyStoreEntries& entries, KeyEntry& entry);
    void note_surplus(const Identity& identity);

    const KeyStoreSource& source_;
    Audience audience_;
    std::string where_;
    std::string key_where_;  ///< the key's own file, else as `where_`
    /// What is wrong with `file` where it is to give the certificate alone, and gives none.
    std::optional<LoadError> no_certificate_;
    std::vector<ChainFile> chain_;
    std::vector<std::filesystem::path> files_with_keys_;
    std::optional<Secret> password_;
    std::optional<Secret> key_password_;
    bool password_fits_ = false;  ///< as of KeyStoreEntries
    std::vector<std::string> notes_;
};

}  // namespace countersign::certs
