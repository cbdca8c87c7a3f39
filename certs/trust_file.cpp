#include "certs/trust_file.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "certs/file.hpp"
#include "certs/key_store.hpp"
#include "certs/password_origin.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

namespace fs = std::filesystem;

LoadError nobody_to_trust_in(const KeyStoreEntries& entries, const std::string& where) {
    const std::string container{entries.container};
    if (entries.keys.empty()) {
        const std::vector<std::string> others = other_labels_of(entries);
        if (has_request(others)) return {LoadErrorCode::only_request, where, ""};
        const std::string held = others.empty() ? "none" : describe_other_blocks(others);
        return {LoadErrorCode::no_certificate, where, "it is " + container + " and holds " + held};
    }
    if (entries.found == KeyStoreFormat::pem) {
        return {
            LoadErrorCode::no_certificate, where,
            "it is " + container +
                " and holds only a private key; name the certificate of the server's authority"};
    }
    return {
        LoadErrorCode::no_certificate, where, "",
        "Name here the certificate of the server's authority (PEM or DER).",
        where +
            " is a key store with a private key: it says who you are, not whom you trust, and none "
            "of its certificates is marked as trusted"};
}

LoadResult<TrustedCertificates> trusted_of(KeyStoreEntries entries, const fs::path& file) {
    const std::string where = where_of(file);
    TrustedCertificates found;
    for (const std::string& note : entries.notes) found.notes.push_back(where + ": " + note);
    for (TrustedEntry& entry : entries.trusted) {
        found.certificates.push_back(std::move(entry.certificate));
    }
    // Beside a private key in PKCS#12 they are its chain; without one they are what OpenSSL's
    // -nokeys leaves, which knows no mark for trust.
    if (entries.found == KeyStoreFormat::pem || entries.keys.empty()) {
        std::ranges::move(entries.loose, std::back_inserter(found.certificates));
    } else if (!found.certificates.empty()) {
        found.notes.push_back(
            where +
            " holds private keys; their certificates are not trusted, only those that are "
            "marked as trusted"
        );
    }
    if (found.certificates.empty()) return nobody_to_trust_in(entries, where);
    return found;
}

/// Adds to `size` what the file has in bytes.
LoadResult<TrustedCertificates> read_one(
    const fs::path& path, const std::optional<Secret>& password, std::size_t& size
) {
    const std::string where = where_of(path);
    const LoadResult<SecretBytes> bytes = read_file(path, kMaxStoreBytes);
    if (!bytes) return bytes.error();
    size += bytes->size();
    if (bytes->empty()) {
        return LoadError{
            LoadErrorCode::no_certificate, where, "the file is empty", "Get a new copy of it."};
    }
    LoadResult<KeyStoreEntries> entries = read_entries(*bytes, password, where);
    if (!entries) return entries.error();
    return trusted_of(std::move(*entries), path);
}

// Not what begins with a dot: Kubernetes mounts keep their real files there, and editors theirs.
LoadResult<std::vector<fs::path>> files_of(const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry{directory, error}, end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& path = entry->path();
        std::error_code unknown;
        const fs::file_status status = fs::status(path, unknown);
        if (path.filename().native().starts_with('.') || fs::is_directory(status)) continue;
        // A link to nothing is told as what cannot be read; a pipe would be waited for.
        if (fs::is_regular_file(status) || !fs::exists(status)) files.push_back(path);
    }
    if (error) {
        return LoadError{LoadErrorCode::unreadable, where_of(directory), error.message()};
    }
    std::ranges::sort(files);
    return files;
}

bool is_no_certificate_file(const LoadError& error) {
    return error.code == LoadErrorCode::not_recognised ||
           error.code == LoadErrorCode::no_certificate || error.code == LoadErrorCode::only_request;
}

LoadResult<TrustedCertificates> read_directory(
    const fs::path& directory, const std::optional<Secret>& password
) {
    const LoadResult<std::vector<fs::path>> files = files_of(directory);
    if (!files) return files.error();
    TrustedCertificates all;
    std::size_t size = 0;
    for (const fs::path& file : *files) {
        LoadResult<TrustedCertificates> found = read_one(file, password, size);
        if (size > kMaxStoreBytes) {
            return LoadError{
                LoadErrorCode::too_much, where_of(directory),
                "more than " + std::to_string(kMaxStoreBytes) + " bytes in its files together"};
        }
        if (found) {
            std::ranges::move(found->certificates, std::back_inserter(all.certificates));
            std::ranges::move(found->notes, std::back_inserter(all.notes));
        } else if (is_no_certificate_file(found.error())) {
            all.notes.push_back("left out: " + found.error().message(Audience::trust_record));
        } else {
            return found.error();
        }
    }
    if (!all.certificates.empty()) return all;
    return LoadError{
        LoadErrorCode::no_certificate, where_of(directory),
        "it is a directory of " + counted(files->size(), "file") +
            ", and none holds one; put the authority's certificate into it (PEM or DER), or name "
            "the file "
            "itself"};
}

}  // namespace

LoadResult<TrustedCertificates> read_trusted(const TrustFile& file) {
    const LoadResult<std::optional<Secret>> password = read_optional_password(file.password);
    if (!password) return password.error();
    std::error_code unknown;
    if (fs::is_directory(file.path, unknown)) return read_directory(file.path, *password);
    std::size_t size = 0;
    LoadResult<TrustedCertificates> found = read_one(file.path, *password, size);
    if (found) return found;
    return with_origin(found.error(), file.password ? &*file.password : nullptr, "password");
}

}  // namespace countersign::certs
