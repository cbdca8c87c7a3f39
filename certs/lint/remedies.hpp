#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace countersign::certs {

/// What to do about a store, with the commands that do it, which work as they stand but for the
/// words in capital letters. A password is asked for where none is named.
class Remedies {
public:
    /// `alias`: where a command needs it, because the store has several keys; else empty.
    Remedies(
        const std::filesystem::path& file, const std::optional<std::filesystem::path>& key_file,
        const std::string& alias, bool is_pem
    );

    /// The certificate that issued another is not there, or has a newer one.
    std::string issuer_missing() const;
    std::string issuer_renewed() const;
    /// The leaf is to be issued, for the first time or anew.
    std::string request() const;
    std::string renewal() const;
    std::string key_of_another() const;
    std::string order() const;

private:
    std::string command(const std::string& verb, const std::string& rest) const;
    std::string import_issuer() const;

    std::string file_;
    std::string key_file_;  ///< empty: the key is in `file_`
    std::string alias_;
    bool is_pem_;
};

}  // namespace countersign::certs
