#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "certs/key_store_entries.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// What a new certificate is to be good for: what the present one is, or clients, since that is
/// not.
enum class UsageWanted { as_before, client };

/// Client, where the certificate has extended key usages and not that of a client.
UsageWanted usage_wanted(X509* certificate);

/// What to do about a store, with the commands that do it, which work as they stand but for the
/// words in capital letters. A password is asked for where none is named.
class Remedies {
public:
    /// `alias`: where a command needs it, because the store has several keys; else empty.
    Remedies(
        const std::filesystem::path& file, const std::optional<std::filesystem::path>& key_file,
        const std::string& alias, bool is_pem
    );

    /// Those of one key of a store that was read from `source`.
    static Remedies of(
        const KeyStoreSource& source, const KeyStoreEntries& entries, const KeyEntry& entry
    );

    /// The certificate that issued another is not there, or has a newer one.
    std::string issuer_missing() const;
    std::string issuer_renewed() const;
    /// The leaf is to be issued, for the first time or anew, or for clients at last.
    std::string request(UsageWanted usage) const;
    std::string renewal(UsageWanted usage) const;
    std::string request_for_clients() const;
    std::string key_of_another() const;
    std::string order() const;

private:
    std::string command(const std::string& verb, const std::string& rest) const;
    std::string import_issuer() const;
    std::string request_command(UsageWanted usage) const;
    std::string taking_in() const;

    std::string file_;
    std::string key_file_;  ///< empty: the key is in `file_`
    std::string alias_;
    bool is_pem_;
};

}  // namespace countersign::certs
