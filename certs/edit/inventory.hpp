#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/edit/comment_lines.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// One thing that a store holds, as a message calls it.
struct HeldItem {
    enum class Kind {
        key,          ///< by its public key; where nobody opened it, by its sealed bytes
        chain,        ///< JKS, JCEKS: what stands behind a key, in its order
        trusted,      ///< a mark of trust, with its alias
        certificate,  ///< by SHA-256
        block,        ///< PEM and PKCS#12: what is none of these, by its bytes
        name,         ///< PKCS#12: what a certificate or key is called
        attribute,    ///< PKCS#12: what else is said of a certificate or key
        comment,      ///< PEM: a line between the blocks
    };

    Kind kind;
    std::string what;
    std::string owner = {};  ///< of what is said of a certificate, or a mark of trust: its SHA-256
    std::string alias = {};  ///< as Java keeps it: of a key, a chain, a mark of trust, and of what
                             ///< is said of a key
    std::vector<std::string> marks =
        {};  ///< of a key: one that is equal is enough; of a chain: one
    std::vector<std::string> sources = {};  ///< PKCS#12: which bags say it of a certificate
};

/// All that a store holds, as a set: what a writer must not lose. Two stores are compared by it,
/// whatever their order, and a store with itself after a change that says what it adds and takes
/// away: nothing is taken anew from the entries once they were changed, or what a change loses by
/// mistake would be missed by nobody. Holds no key.
class Inventory {
public:
    /// Of what a reader gave, before anything is put in order. `opened` has one place for each key,
    /// null where nobody could open it.
    static Inventory of(
        const KeyStoreEntries& entries, const std::vector<PrivateKeyHandle>& opened
    );

    void add_key(const KeyEntry& entry, const EVP_PKEY* opened);
    /// With all that was said of it.
    void remove_key(const KeyEntry& entry);
    /// The same key in another form.
    void reseal_key(const KeyEntry& before, const KeyEntry& after, const EVP_PKEY* opened);
    /// A key of it that somebody has opened since, with a password of the key's own.
    void know_key(const KeyEntry& entry, const EVP_PKEY* opened);
    /// The key as another store has it.
    void add_key_of(const Inventory& other, const KeyEntry& entry);
    void set_chain(const KeyEntry& entry);
    void remove_chain(const std::string& alias);
    void add_trusted(const std::string& alias, const X509* certificate);
    void remove_trusted(const std::string& alias, const X509* certificate);
    void add_certificate(const X509* certificate);
    /// With all that was said of it.
    void remove_certificate(const X509* certificate);
    /// What PKCS#12 says of a certificate under the name of one entry.
    void remove_said(const X509* certificate, const std::string& alias, bool trusted);
    /// What another store says of the keys and certificates that this one has; with `all` also
    /// blocks, and lines that belong to nothing.
    void add_details_of(const Inventory& other, bool all);

    bool has_certificate(const std::string& sha256) const;
    bool has_trusted(const std::string& sha256) const;
    /// A key under that alias.
    bool has_alias(const std::string& alias) const;
    /// What this one has and the other lacks.
    std::vector<HeldItem> missing_from(const Inventory& other) const;
    /// The private keys that this one has and the other lacks, whatever their aliases.
    std::vector<HeldItem> keys_missing_from(const Inventory& other) const;
    std::vector<HeldItem> items(HeldItem::Kind kind) const;

private:
    using Id = std::pair<HeldItem::Kind, std::string>;

    void add_details(const KeyStoreEntries& entries);
    void add_bag(ByteView bag, const HeldItem& said, const std::string& of_what);
    void add_piece(const PemPiece& piece);
    bool has_one_that_begins(const Id& id) const;
    std::vector<HeldItem> keys_without(
        const Inventory& other, std::string_view (*part)(std::string_view mark)
    ) const;

    std::map<Id, HeldItem> items_;
    CommentLines comments_;
};

/// The keys of a store that its password opens; null for the others, and for those beyond what one
/// file's derivations may cost.
std::vector<PrivateKeyHandle> open_keys(
    const KeyStoreEntries& entries, const std::optional<Secret>& password
);

}  // namespace countersign::certs
