#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/edit/inventory.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"
#include "certs/write/store_writer.hpp"

namespace countersign::certs {

/// A key store while it is looked at or changed: in memory, from bytes and into bytes; who reads
/// and replaces the file is somebody else. Aliases are unique, without regard to case. Every key
/// has its certificates behind it from the leaf upwards, with the root where the store has it. Keys
/// stay sealed as they were, also those whose password nobody gave. It knows what it has to hold:
/// what was read, less what was asked away, and what was added; nothing else is ever written.
class StoreDraft {
public:
    /// A new one. A password that the container cannot have is an error when it is written.
    StoreDraft(Container container, std::optional<Secret> password, std::string where);

    /// Error, too: too_much, where it has more entries than any real store.
    static LoadResult<StoreDraft> read(
        ByteView bytes, const std::optional<Secret>& password, const std::string& where
    );

    Container container() const { return container_; }
    const std::string& where() const { return where_; }
    const KeyStoreEntries& entries() const { return entries_; }
    const std::vector<std::string>& notes() const { return entries_.notes; }
    const std::optional<Secret>& password() const { return password_; }

    /// The key of that alias, or the only one; an index into `entries().keys`.
    EditResult<std::size_t> choose(const std::optional<std::string>& alias) const;
    /// Opens a key: with its own password, or, where none is given or it does not fit, the store's.
    LoadResult<PrivateKeyHandle> open(std::size_t key, const std::optional<Secret>& key_password)
        const;

    /// Error: the alias is taken, or empty; never in PEM.
    std::optional<EditError> check_alias(const std::string& alias) const;
    /// Error: the alias is taken, or is one that the container cannot keep; a second key in PEM; a
    /// password of the key's own in a container that has one for all.
    std::optional<EditError> add_key(
        const std::string& alias, const EVP_PKEY* key, std::vector<X509Handle> certificates,
        const std::optional<Secret>& key_password,
        std::optional<std::chrono::milliseconds> created = {}
    );
    /// A new chain, leaf first. The key's former certificates go; in PEM and PKCS#12 their issuers
    /// stay, loose.
    void set_certificates(std::size_t key, std::vector<X509Handle> certificates);
    /// PEM keeps no marks of trust: there it becomes one certificate more.
    std::optional<EditError> add_trusted(
        const std::string& alias, X509Handle certificate,
        std::optional<std::chrono::milliseconds> created = {}
    );
    /// A certificate that is neither trusted nor in a key's chain; JKS and JCEKS have no place for
    /// it.
    void add_loose(X509Handle certificate);
    std::optional<EditError> remove(const std::string& alias);
    /// Keys stay sealed as they are. Error: there is no such entry, the new alias is taken or none,
    /// or something is said of the entry that only its present form has a place for (attributes in
    /// PKCS#12).
    std::optional<EditError> rename(const std::string& alias, const std::string& to);
    /// Takes over what stood beside the entries of another draft of the same kind of container, as
    /// far as the entries that this one has allow; without `all`, only what is said of those.
    void carry(const StoreDraft& from, bool all);

    /// What it has to hold.
    const Inventory& held() const;

    /// The alias of the trusted entry that holds this very certificate.
    std::optional<std::string> alias_of_trusted(const X509* certificate) const;

    /// The file's bytes, read again and compared with what they have to hold, whatever the writer.
    /// Error: what would be lost, since the store held it and no entry shows it; or that the bytes
    /// are not what they should be.
    EditResult<SecretBytes> write(
        std::chrono::milliseconds now, const StoreWriter& writer = write_entries
    );

private:
    bool has(const X509* certificate) const;
    void carry(const PemPiece& piece);
    void forget_unless_held(const std::vector<X509Handle>& certificates);
    void drop_bags(
        const std::vector<X509Handle>& certificates, const std::string& alias, bool trusted
    );
    std::optional<EditError> seal_all();

    Container container_;
    bool foreign_ = false;  ///< read from something that is none of the containers: DER, PKCS#7
    std::optional<Secret> password_;
    std::string where_;
    KeyStoreEntries entries_;
    mutable std::optional<Inventory> held_;  ///< taken before the first change
};

}  // namespace countersign::certs
