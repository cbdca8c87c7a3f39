#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/key_store.hpp"
#include "certs/signature_checks.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// A key store while it is looked at or changed: in memory, from bytes and into bytes; who reads
/// and replaces the file is somebody else. Aliases are unique, without regard to case. Every key
/// has its certificates behind it from the leaf upwards, with the root where the store has it. Keys
/// stay sealed as they were, also those whose password nobody gave.
class StoreDraft {
public:
    /// A new one. A password that the container cannot have is an error when it is written.
    StoreDraft(Container container, std::optional<Secret> password, std::string where);

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

    /// The alias of the trusted entry that holds this very certificate.
    std::optional<std::string> alias_of_trusted(const X509* certificate) const;

    /// The file's bytes. Error: what would be lost, since the store held it and no entry shows it.
    EditResult<SecretBytes> write(std::chrono::milliseconds now);

private:
    std::optional<LoadError> arrange(std::size_t key, SignatureChecks& checks);
    std::optional<EditError> seal_all();

    Container container_;
    bool foreign_ = false;  ///< read from something that is none of the containers: DER, PKCS#7
    std::optional<Secret> password_;
    std::string where_;
    KeyStoreEntries entries_;
};

/// Whether a store may be made with that password: not shorter than Java accepts, in the letters
/// that the container can express. Gives what is worth knowing, such as a tool that will not open
/// it. Error: why not.
EditResult<std::vector<std::string>> judge_new_password(
    Container container, const std::optional<Secret>& password
);

}  // namespace countersign::certs
