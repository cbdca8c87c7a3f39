#include "certs/identity_loader.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/file.hpp"
#include "certs/key_choice.hpp"
#include "certs/key_file.hpp"
#include "certs/key_store.hpp"
#include "certs/lint/remedies.hpp"
#include "certs/password_origin.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

std::string name_of(KeyStoreFormat format) {
    return std::string{word_for(kKeyStoreFormats, format)};
}

const PasswordSource* pointer_to(const std::optional<PasswordSource>& source) {
    return source ? &*source : nullptr;
}

/// Of a file without certificates, which was to give one.
LoadError no_certificate_in(const KeyStoreEntries& entries, const std::string& where) {
    constexpr auto kCode = LoadErrorCode::no_certificate;
    if (!entries.keys.empty()) {
        return {
            kCode, where,
            "it holds a private key; `file` names the certificate, `key` the private key"};
    }
    const std::vector<std::string> others = other_labels_of(entries);
    if (has_request(others)) return {LoadErrorCode::only_request, where, ""};
    return {kCode, where, "it holds " + (others.empty() ? "none" : describe_other_blocks(others))};
}

}  // namespace

IdentityLoader::IdentityLoader(const KeyStoreSource& source, Audience audience)
    : source_{source}, audience_{audience}, where_{where_of(source.file)}, key_where_{where_} {}

LoadResult<LoadedIdentity> IdentityLoader::load() {
    const LoadResult<SecretBytes> bytes = read_file(source_.file, kMaxStoreBytes);
    if (!bytes) return bytes.error();
    return load(*bytes);
}

LoadResult<LoadedIdentity> IdentityLoader::load(ByteView bytes) {
    if (auto error = read_passwords()) return *error;
    LoadResult<KeyStoreEntries> entries = read_entries(bytes, password_, where_);
    if (!entries) return with_origin(entries.error(), pointer_to(source_.password), "password");
    notes_ = std::move(entries->notes);
    password_fits_ = entries->password_fits;
    note_format(*entries);
    if (!entries->keys.empty()) files_with_keys_.push_back(source_.file);
    if (auto error = take_key_file(*entries)) return *error;
    if (auto error = take_chain_files(*entries)) return *error;
    const LoadResult<std::size_t> chosen = choose(*entries);
    if (!chosen) return no_key(chosen.error(), *entries);
    return assemble(*entries, entries->keys[*chosen]);
}

std::optional<LoadError> IdentityLoader::read_passwords() {
    LoadResult<std::optional<Secret>> password = read_optional_password(source_.password);
    if (!password) return password.error();
    LoadResult<std::optional<Secret>> key_password = read_optional_password(source_.key_password);
    if (!key_password) return key_password.error();
    password_ = std::move(*password);
    key_password_ = std::move(*key_password);
    return std::nullopt;
}

void IdentityLoader::note_format(const KeyStoreEntries& entries) {
    if (entries.found == source_.declared) return;
    notes_.push_back(
        where_ + " is declared as " + name_of(source_.declared) + " but is " +
        (entries.found == KeyStoreFormat::pem && entries.container != "PEM"
             ? std::string{entries.container}
             : "a " + name_of(entries.found)) +
        ". It is used all the same; write type: " + name_of(entries.found)
    );
}

std::optional<LoadError> IdentityLoader::take_key_file(KeyStoreEntries& entries) {
    if (!source_.key_file) return std::nullopt;
    if (entries.found != KeyStoreFormat::pem) {
        notes_.push_back("`key` is not used: " + where_ + " is not PEM and holds its own key");
        return std::nullopt;
    }
    key_where_ = where_of(*source_.key_file);
    no_certificate_ = no_certificate_in(entries, where_);
    files_with_keys_.push_back(*source_.key_file);
    return certs::take_key_file(*source_.key_file, entries);
}

std::optional<LoadError> IdentityLoader::take_chain_files(const KeyStoreEntries& entries) {
    LoadResult<std::vector<ChainFile>> read = read_chain_files(source_.chain_files);
    if (!read) return read.error();
    chain_ = std::move(*read);
    for (std::size_t i = 0; i < chain_.size(); ++i) {
        if (!chain_[i].has_key) continue;
        if (entries.keys.empty()) {
            return LoadError{
                LoadErrorCode::no_private_key, where_,
                "the one in " + chain_[i].where +
                    ", under `chain`, is not looked at; name its "
                    "file under `key`"};
        }
        files_with_keys_.push_back(source_.chain_files[i]);
        notes_.push_back(
            chain_[i].where + ", under `chain`, holds a private key, which is not used; take it out"
        );
    }
    return std::nullopt;
}

// In PEM the key may be a file of its own, and authorities send the certificate alone.
LoadError IdentityLoader::no_key(LoadError error, const KeyStoreEntries& entries) const {
    const bool in_two_files = error.code == LoadErrorCode::no_private_key &&
                              entries.container == "PEM" && !source_.key_file;
    if (!in_two_files || entries.loose.empty()) return error;
    error.detail += source_.declared == KeyStoreFormat::pem
                        ? "; name the file with its private key under `key`"
                        : "; set type pem_key_store, and name the file with its private key under "
                          "`key`";
    return error;
}

LoadError IdentityLoader::no_leaf(
    const std::vector<std::string>& subjects, const std::string& where
) const {
    if (!subjects.empty()) {
        const bool two_files = key_where_ != where_;
        LoadError error{LoadErrorCode::key_mismatch, where, ""};
        error.cause = "the private key in " + where +
                      (subjects.size() == 1 ? " does not belong to the certificate in "
                                            : " belongs to none of the certificates in ") +
                      (two_files ? where_ : "it") + " (" + printable_list(subjects, "; ") + ")";
        if (two_files) {
            error.remedy =
                "Name under `key` the private key with which the certificate was requested, or "
                "under `file` the certificate that was issued for " +
                key_where_ + ".";
        }
        return error;
    }
    if (no_certificate_) return *no_certificate_;
    const bool pem = source_.declared == KeyStoreFormat::pem && !source_.key_file;
    if (pem && audience_ == Audience::form) {
        return {
            LoadErrorCode::no_certificate, where,
            "the private key stands alone; put the certificate that was issued for it, and those "
            "of its authorities, into the same text"};
    }
    return {
        LoadErrorCode::no_certificate, where,
        pem ? "the private key stands alone; name the file with its certificate under `file`, and "
              "this one under `key`, or put both into one file"
            : "the private key stands alone; put its certificate beside it"};
}

X509* IdentityLoader::find_leaf_in_chain(const EVP_PKEY* key) {
    for (const ChainFile& file : chain_) {
        const std::optional<std::size_t> leaf = choose_leaf(file.certificates, key);
        if (!leaf) continue;
        notes_.push_back(
            "the certificate of the key is in " + file.where + ", under `chain`, and not in " +
            where_ + "; it is used all the same"
        );
        return file.certificates[*leaf].get();
    }
    return nullptr;
}

void IdentityLoader::note_surplus(const Identity& identity) {
    for (const ChainFile& file : chain_) {
        std::string note = surplus_in(file, identity.leaf(), identity.chain(), identity.root());
        if (!note.empty()) notes_.push_back(std::move(note));
    }
}

LoadResult<std::size_t> IdentityLoader::choose(const KeyStoreEntries& entries) {
    if (entries.found != KeyStoreFormat::pem) {
        return choose_key(entries, source_.alias, where_, audience_);
    }
    if (source_.alias)
        notes_.push_back("`alias` is not used: " + where_ + " is PEM, which has none");
    return choose_key(entries, std::nullopt, key_where_, audience_);
}

LoadError IdentityLoader::not_opened(LoadError error, KeyStoreFormat found) const {
    const bool is_form = audience_ == Audience::form;
    if (!is_form) error = with_origin(std::move(error), pointer_to(source_.password), "password");
    const std::string to_do =
        is_form ? "type it at 'Password of the key'." : "write key_password: { file: PATH }.";
    const bool is_wrong = error.code == LoadErrorCode::wrong_password;
    const bool is_closed = is_wrong || error.code == LoadErrorCode::password_needed;
    if (is_closed && found == KeyStoreFormat::java_key_store) {
        // The store's password, or that it has none, has been proven by the digest.
        error.remedy = "The key has a password of its own: " + to_do;
    } else if (is_wrong && found == KeyStoreFormat::pkcs12 && password_fits_) {
        error.remedy = "It opens the store, so the key has a password of its own: " + to_do;
    } else if (is_wrong && found == KeyStoreFormat::pkcs12) {
        error.remedy += (error.remedy.empty() ? "" : " ");
        error.remedy += "Where the key has a password of its own, " + to_do;
    }
    return error;
}

LoadResult<PrivateKeyHandle> IdentityLoader::open(
    const SealedKey& key, KeyStoreFormat found, const std::string& where
) {
    if (!key_password_) {
        LoadResult<PrivateKeyHandle> opened = open_key(key, password_, where);
        if (opened) return opened;
        return not_opened(opened.error(), found);
    }
    LoadResult<PrivateKeyHandle> opened = open_key(key, key_password_, where);
    if (opened || opened.error().code != LoadErrorCode::wrong_password) return opened;
    LoadError error = opened.error();
    if (audience_ != Audience::form) {
        error = with_origin(std::move(error), pointer_to(source_.key_password), "key_password");
    }
    if (!password_) return error;
    // keytool ignores a key password when it writes PKCS#12, and says so only once.
    LoadResult<PrivateKeyHandle> second = open_key(key, password_, where);
    if (!second) return error;
    notes_.push_back(
        "`key_password` is not used: the key in " + where + " has the password of the store"
    );
    return second;
}

LoadResult<LoadedIdentity> IdentityLoader::assemble(KeyStoreEntries& entries, KeyEntry& entry) {
    const std::string where = where_of(key_where_, entry.alias);
    LoadResult<PrivateKeyHandle> key = open(entry.key, entries.found, where);
    if (!key) return key.error();

    X509* leaf = find_leaf(entries, entry, key->get());
    if (leaf == nullptr) leaf = find_leaf_in_chain(key->get());
    X509Handle leaf_certificate{leaf == nullptr ? nullptr : share(leaf)};
    std::vector<X509Handle> certificates = std::move(entry.certificates);
    std::ranges::move(entries.loose, std::back_inserter(certificates));
    if (!leaf_certificate) return no_leaf(subjects_of(certificates), where);
    for (const ChainFile& file : chain_) {
        std::ranges::move(share(file.certificates), std::back_inserter(certificates));
    }
    // An issuer may have the ID of another key in PKCS#12.
    if (entries.found == KeyStoreFormat::pkcs12) {
        for (KeyEntry& other : entries.keys) {
            std::ranges::move(other.certificates, std::back_inserter(certificates));
        }
    }
    // An issuer that was imported beside the key, and not into its chain, still leads upwards.
    for (TrustedEntry& trusted : entries.trusted) {
        certificates.push_back(std::move(trusted.certificate));
    }
    LoadResult<Identity> identity = Identity::from(
        std::move(*key), std::move(leaf_certificate), std::move(certificates), where
    );
    if (!identity) return identity.error();
    note_surplus(*identity);
    const Remedies remedies = Remedies::of(source_, entries, entry);
    std::string renewal = remedies.request(usage_wanted(identity->leaf()));
    return LoadedIdentity{
        std::move(*identity), std::move(notes_), std::move(files_with_keys_), std::move(renewal),
        where_of(where_, entry.alias)};
}

LoadResult<LoadedIdentity> load_identity(const KeyStoreSource& source) {
    return IdentityLoader{source}.load();
}

}  // namespace countersign::certs
