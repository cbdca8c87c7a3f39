#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "certs/key_store.hpp"
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
    std::string owner = {};               ///< of what is said of a certificate: its SHA-256
    std::vector<std::string> marks = {};  ///< of a key: one that is equal is enough
};

/// All that a store holds, as a set: what a writer must not lose. Two stores are compared by it,
/// whatever their order, and a store with itself after a change that says what it adds and takes
/// away. Holds no key.
class Inventory {
public:
    /// Of what a reader gave, before anything is put in order. `opened` has one place for each key,
    /// null where nobody could open it.
    static Inventory of(
        const KeyStoreEntries& entries, const std::vector<PrivateKeyHandle>& opened
    );

    void add_key(const KeyEntry& entry, const EVP_PKEY* opened);
    void remove_key(const KeyEntry& entry);
    void set_chain(const KeyEntry& entry);
    void remove_chain(const std::string& alias);
    void add_trusted(const std::string& alias, const X509* certificate);
    void remove_trusted(const std::string& alias, const X509* certificate);
    void add_certificate(const X509* certificate);
    /// With all that was said of it.
    void remove_certificate(const X509* certificate);
    /// Blocks, names, attributes and comments: those that the entries have now.
    void set_details(const KeyStoreEntries& entries);

    bool has_certificate(const std::string& sha256) const;
    /// What this one has and the other lacks.
    std::vector<HeldItem> missing_from(const Inventory& other) const;

private:
    using Id = std::pair<HeldItem::Kind, std::string>;

    void add_bag(ByteView bag, const std::string& owner, const std::string& of_what);
    void add_piece(const PemPiece& piece);

    bool has(const Id& id, const HeldItem& item) const;

    std::map<Id, HeldItem> items_;
};

/// The keys of a store that its password opens; null for the others, and for those beyond what one
/// file's derivations may cost.
std::vector<PrivateKeyHandle> open_keys(
    const KeyStoreEntries& entries, const std::optional<Secret>& password
);

}  // namespace countersign::certs
