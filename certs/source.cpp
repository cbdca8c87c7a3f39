#include "certs/source.hpp"

#include <openssl/crypto.h>

#include <cstdlib>
#include <ostream>
#include <utility>

#include "certs/file.hpp"
#include "certs/password_oddity.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

constexpr std::size_t kMaxPasswordBytes = 64 * 1024;

// The whole capacity, not the size: the text may have been longer.
void wipe(std::string& text) noexcept {
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

LoadResult<Secret> read_password_file(const std::filesystem::path& path) {
    const LoadResult<SecretBytes> bytes = read_file(path, kMaxPasswordBytes);
    if (!bytes) return bytes.error();
    std::string_view text = as_text(*bytes);
    if (text.ends_with('\n')) text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    if (text.find('\0') != text.npos) {
        return LoadError{
            LoadErrorCode::malformed, where_of(path),
            "a password holds no zero byte, and it seems to be UTF-16", "Write it as UTF-8."};
    }
    return Secret{std::string{text}};
}

struct PasswordReader {
    LoadResult<Secret> operator()(const Secret& literal) const { return literal; }

    LoadResult<Secret> operator()(const PasswordFile& file) const {
        return read_password_file(file.path);
    }

    LoadResult<Secret> operator()(const PasswordEnvironment& environment) const {
        if (const char* value = std::getenv(environment.variable.c_str())) {
            return Secret{std::string{value}};
        }
        LoadError error{
            LoadErrorCode::unreadable, "environment variable " + printable(environment.variable),
            "it is not set"};
        error.cause = "the " + error.where + " is not set for this process";
        error.remedy =
            "Check its name, and that the shell exports it; or set it where countersign is "
            "started: sudo does not pass on what a shell has, and a systemd unit has only what its "
            "own Environment= and EnvironmentFile= say.";
        return error;
    }

    LoadResult<Secret> operator()(const PasswordCredential& credential) const {
        const std::string where = "credential " + printable(credential.name);
        // Its name is one component of a path: anything else would read outside the directory.
        const std::filesystem::path name{credential.name};
        if (name.empty() || name != name.filename() || name == "." || name == "..") {
            return LoadError{
                LoadErrorCode::unreadable, where, "the name of a credential is a plain file name"};
        }
        const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
        if (directory == nullptr || *directory == '\0') {
            return LoadError{
                LoadErrorCode::unreadable, where,
                "CREDENTIALS_DIRECTORY is not set; systemd sets it for a unit with "
                "LoadCredential= or LoadCredentialEncrypted="};
        }
        LoadResult<Secret> secret = read_password_file(directory / name);
        if (secret) return secret;
        LoadError error = secret.error();
        error.where = where + " (" + error.where + ")";
        if (error.code == LoadErrorCode::unreadable) {
            error.remedy =
                "Compare its name with LoadCredential= and LoadCredentialEncrypted= of the unit.";
        }
        return error;
    }
};

}  // namespace

Secret::Secret(std::string value) : value_(value.begin(), value.end()) { wipe(value); }

std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "<redacted>"; }

LoadResult<Secret> read_password(const PasswordSource& source) {
    return std::visit(PasswordReader{}, source);
}

LoadError store_not_opened(const Secret& password, const std::string& where) {
    constexpr auto kCode = LoadErrorCode::wrong_password;
    if (password.empty()) return {kCode, where, "the password is empty"};
    return {
        kCode, where,
        "the password is wrong, or " + where + " was changed after it was written" +
            oddity_of(password.reveal()),
        "If the password is right, get a new copy of " + where + "."};
}

LoadResult<std::optional<Secret>> read_optional_password(const std::optional<PasswordSource>& source
) {
    if (!source) return std::optional<Secret>{};
    LoadResult<Secret> secret = read_password(*source);
    if (!secret) return secret.error();
    return std::optional<Secret>{std::move(*secret)};
}

}  // namespace countersign::certs
