#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/carried.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/sealed_key.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// A private key, still sealed, with the certificates that came with it, under its alias (empty
/// where the container has none).
struct KeyEntry {
    std::string alias;
    SealedKey key;
    /// As found; the leaf is the one that matches the key. PKCS#12: those with its local key ID,
    /// which may be another key's too.
    std::vector<X509Handle> certificates;
    std::optional<std::chrono::milliseconds> created = {};  ///< since 1970, where Java wrote it
    SecretBytes bag = {};        ///< PKCS#12: the whole SafeBag, as it stood
    bool has_new_chain = false;  ///< given since it was read: PEM puts it in order
};

/// A certificate that the container marks as trusted.
struct TrustedEntry {
    std::string alias;
    X509Handle certificate;
    std::optional<std::chrono::milliseconds> created = {};  ///< since 1970, where Java wrote it
};

/// What a container held.
struct KeyStoreEntries {
    /// DER and PKCS#7 count as PEM: certificates and keys that lie in files without aliases.
    KeyStoreFormat found = KeyStoreFormat::pem;
    std::string_view container = "PEM";  ///< its name: "JKS", "JCEKS", "PKCS#12", "PKCS#7", "DER"
    bool password_fits = false;  ///< PKCS#12: it has opened something of the store, or its MAC
    std::vector<KeyEntry> keys;
    std::vector<X509Handle>
        loose;  ///< certificates that the container ties to no key: PEM's, a PKCS#12's chain
    std::vector<TrustedEntry> trusted;
    std::vector<std::string> notes;  ///< what was left out, and why
    /// What is neither in here nor carried, and a new file would lack: "alias aes, a secret key".
    std::vector<std::string> left_out;
    Carried carried;
};

/// The labels of PEM blocks that are neither key nor certificate.
inline std::vector<std::string> other_labels_of(const KeyStoreEntries& entries) {
    std::vector<std::string> labels;
    for (const PemPiece& piece : entries.carried.pem) {
        if (piece.kind == PemPiece::Kind::other) labels.push_back(piece.label);
    }
    return labels;
}

/// The aliases of keys, or of trusted certificates, in their order.
template <class Entry>
std::vector<std::string> aliases_of(const std::vector<Entry>& entries) {
    std::vector<std::string> aliases;
    for (const Entry& entry : entries) aliases.push_back(entry.alias);
    return aliases;
}
/// Those of the keys, then those of the trusted certificates.
inline std::vector<std::string> aliases_of(const KeyStoreEntries& entries) {
    std::vector<std::string> aliases = aliases_of(entries.keys);
    for (const TrustedEntry& entry : entries.trusted) aliases.push_back(entry.alias);
    return aliases;
}

}  // namespace countersign::certs
