#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/text/word.hpp"

namespace countersign::certs {

/// A password, or another text that nobody may see. Formats as `<redacted>`, is wiped from memory
/// when it goes, stands in no core dump, converts to nothing by itself.
class Secret {
public:
    Secret() = default;
    /// Wipes the text that it is made of.
    explicit Secret(std::string value);

    /// The password itself: for the call that opens a store, never to be kept or printed.
    std::string_view reveal() const { return {value_.data(), value_.size()}; }
    bool empty() const { return value_.empty(); }
    std::size_t size() const { return value_.size(); }
    friend bool operator==(const Secret&, const Secret&) = default;

private:
    std::vector<char, WipingAllocator<char>> value_;
};

std::ostream& operator<<(std::ostream& out, const Secret&);

/// Where a password comes from. Read when the store is loaded, so that a reload sees a new one.
struct PasswordFile {
    std::filesystem::path path;  ///< one trailing line end is not part of the password
    friend bool operator==(const PasswordFile&, const PasswordFile&) = default;
};
struct PasswordEnvironment {
    std::string variable;
    friend bool operator==(const PasswordEnvironment&, const PasswordEnvironment&) = default;
};
struct PasswordCredential {
    std::string name;  ///< a file of that name in $CREDENTIALS_DIRECTORY (systemd)
    friend bool operator==(const PasswordCredential&, const PasswordCredential&) = default;
};
using PasswordSource = std::variant<Secret, PasswordFile, PasswordEnvironment, PasswordCredential>;

LoadResult<Secret> read_password(const PasswordSource& source);
/// A store that its password does not open. Nobody can tell whether the password is wrong or the
/// file was changed, unless the password is empty.
LoadError store_not_opened(const Secret& password, const std::string& where);
/// Nullopt where there is no source.
LoadResult<std::optional<Secret>> read_optional_password(const std::optional<PasswordSource>& source
);

/// Which container the operator says a file is. The bytes decide; a difference is noted, not
/// refused.
enum class KeyStoreFormat { java_key_store, pkcs12, pem };
inline constexpr Word<KeyStoreFormat> kKeyStoreFormats[] = {
    {"java_key_store", KeyStoreFormat::java_key_store},
    {"pkcs12_key_store", KeyStoreFormat::pkcs12},
    {"pem_key_store", KeyStoreFormat::pem},
};

/// Where an identity comes from.
struct KeyStoreSource {
    KeyStoreFormat declared = KeyStoreFormat::java_key_store;
    std::filesystem::path file;
    std::optional<std::filesystem::path>
        key_file;  ///< PEM only: the private key, where not in `file`
    /// PEM, DER or PKCS#7: certificates of the authorities above the leaf, where not in `file`.
    std::vector<std::filesystem::path> chain_files;
    std::optional<PasswordSource> password;
    std::optional<PasswordSource> key_password;  ///< absent: the store's own
    std::optional<std::string> alias;  ///< needed only where several private keys are in it
    bool send_root = false;            ///< whether the chain's root is sent too
};

/// Where trusted certificates come from.
struct TrustFile {
    /// PEM, DER, PKCS#7, or a trust store in JKS or PKCS#12; or a directory of such files.
    std::filesystem::path path;
    std::optional<PasswordSource> password = {};  ///< for the containers that have one
};
struct TrustInlinePem {
    std::string text;
    std::string name;  ///< for messages: the record's name
};
struct TrustSystem {};
using TrustSource = std::variant<TrustFile, TrustInlinePem, TrustSystem>;

}  // namespace countersign::certs
