#include "certs/key_file.hpp"

#include <optional>
#include <string>
#include <utility>

#include "certs/file.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/ssh_key.hpp"
#include "certs/stranger.hpp"

namespace countersign::certs {

namespace {

// What to do instead, where a file of certificates is named as that of the key.
std::string hint_for(const PemContent& found, const KeyStoreEntries& entries) {
    if (found.certificates.empty() || entries.keys.empty()) return "";
    return entries.loose.empty() ? "; exchange `file` and `key`"
                                 : "; the private key is in `file` already: leave `key` out";
}

LoadResult<std::vector<SealedKey>> read_key_file(
    ByteView bytes, const KeyStoreEntries& entries, const std::string& where
) {
    if (std::optional<SealedKey> key = recognise_der_key(bytes)) {
        std::vector<SealedKey> one;
        one.push_back(std::move(*key));
        return one;
    }
    if (!is_pem(bytes)) {
        return name_stranger(bytes, where, "a private key in PEM or DER is expected");
    }
    LoadResult<PemContent> content = read_pem(bytes, where);
    if (!content) return content.error();
    if (!content->keys.empty()) return std::move(content->keys);
    if (has_openssh_key(content->pieces)) return only_openssh_key(content->pieces, where);
    LoadError error{
        LoadErrorCode::no_private_key, where,
        "it holds " + content->describe() + hint_for(*content, entries)};
    if (content->certificates.empty() && has_request(content->others)) {
        error.cause = where + " holds a certificate request and no private key";
        error.remedy =
            "Name under `key` the file with the private key from which the request was made "
            "(openssl: the file behind -key or -keyout).";
    }
    return error;
}

}  // namespace

std::optional<LoadError> take_key_file(
    const std::filesystem::path& file, KeyStoreEntries& entries
) {
    const LoadResult<SecretBytes> bytes = read_file(file, kMaxStoreBytes);
    if (!bytes) return bytes.error();
    LoadResult<std::vector<SealedKey>> keys = read_key_file(*bytes, entries, where_of(file));
    if (!keys) return keys.error();
    entries.keys.clear();
    for (SealedKey& key : *keys) entries.keys.push_back({{}, std::move(key), {}});
    return std::nullopt;
}

}  // namespace countersign::certs
