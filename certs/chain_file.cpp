#include "certs/chain_file.hpp"

#include <openssl/x509v3.h>

#include <optional>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/file.hpp"
#include "certs/key_store.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

LoadError no_chain_in(const KeyStoreEntries& entries, const std::string& where) {
    const std::vector<std::string> others = other_labels_of(entries);
    std::string held = describe_other_blocks(others);
    if (held.empty()) held = "none";
    return {
        LoadErrorCode::no_certificate, where,
        "it is " + std::string{entries.container} + " and holds " + held +
            "; `chain` names the certificates of the authorities"};
}

LoadResult<ChainFile> read_chain_file(const std::filesystem::path& path) {
    ChainFile file;
    file.where = where_of(path);
    const LoadResult<SecretBytes> bytes = read_file(path, kMaxStoreBytes);
    if (!bytes) return bytes.error();
    if (bytes->empty()) {
        return LoadError{
            LoadErrorCode::no_certificate, file.where, "the file is empty",
            "Get a new copy of it."};
    }
    const std::optional<KeyStoreFormat> format = recognise(as_text(*bytes));
    if (format && *format != KeyStoreFormat::pem) {
        return LoadError{
            LoadErrorCode::unsupported, file.where,
            "it is a key store, and `chain` names the authorities' certificates in PEM, DER or "
            "PKCS#7"};
    }
    LoadResult<KeyStoreEntries> entries = read_entries(*bytes, std::nullopt, file.where);
    if (!entries) {
        LoadError error = entries.error();
        if (error.code == LoadErrorCode::only_request) {
            error.remedy = "Name under `chain` the certificates of the authorities.";
        }
        return error;
    }
    file.has_key = !entries->keys.empty();
    file.certificates = std::move(entries->loose);
    if (file.certificates.empty() && !file.has_key) return no_chain_in(*entries, file.where);
    return file;
}

}  // namespace

LoadResult<std::vector<ChainFile>> read_chain_files(const std::vector<std::filesystem::path>& files
) {
    std::vector<ChainFile> read;
    for (const std::filesystem::path& path : files) {
        LoadResult<ChainFile> file = read_chain_file(path);
        if (!file) return file.error();
        read.push_back(std::move(*file));
    }
    return read;
}

std::string surplus_in(
    const ChainFile& file, X509* leaf, const std::vector<X509Handle>& chain, X509* root
) {
    std::vector<std::string> surplus;
    for (const X509Handle& each : file.certificates) {
        const bool is_root = root != nullptr && same(each, root);
        if (same(each, leaf) || is_root || holds(chain, each.get())) continue;
        const bool authority = X509_check_ca(each.get()) != 0;
        std::string text = in_quotes(subject_of(each.get()));
        if (!authority) text += " (no authority)";
        surplus.push_back(std::move(text));
    }
    drain_openssl_errors();
    if (surplus.empty()) return {};
    return file.where + " holds what is not in the chain of " + in_quotes(subject_of(leaf)) +
           ", and is not sent: " + printable_list(surplus);
}

}  // namespace countersign::certs
