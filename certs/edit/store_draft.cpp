#include "certs/edit/store_draft.hpp"

#include <algorithm>
#include <utility>

#include "certs/edit/certificate_path.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/java/java_key_store_writer.hpp"
#include "certs/key_choice.hpp"
#include "certs/printable.hpp"
#include "certs/write/key_sealing.hpp"
#include "certs/write/pem_writer.hpp"
#include "certs/write/pkcs12_writer.hpp"

namespace countersign::certs {
namespace {

bool same_alias(std::string_view a, std::string_view b) { return java_alias(a) == java_alias(b); }

template <class Entry>
auto find_alias(std::vector<Entry>& entries, const std::string& alias) {
    return std::ranges::find_if(entries, [&](const Entry& entry) {
        return same_alias(entry.alias, alias);
    });
}

bool same(const X509Handle& a, const X509* b) { return X509_cmp(a.get(), b) == 0; }

bool holds(const std::vector<X509Handle>& certificates, const X509* certificate) {
    return std::ranges::any_of(certificates, [certificate](const X509Handle& each) {
        return same(each, certificate);
    });
}

// Without the key: the certificate that signed none of the others.
std::optional<std::size_t> guess_leaf(
    const std::vector<X509Handle>& certificates, SignatureChecks& checks
) {
    for (std::size_t i = 0; i < certificates.size(); ++i) {
        const bool is_issuer = std::ranges::any_of(certificates, [&](const X509Handle& other) {
            return !same(other, certificates[i].get()) &&
                   checks.is_issued_by(other.get(), certificates[i].get());
        });
        if (!is_issuer) return i;
    }
    return std::nullopt;
}

}  // namespace

StoreDraft::StoreDraft(Container container, std::optional<Secret> password, std::string where)
    : container_{container}, password_{std::move(password)}, where_{std::move(where)} {
    entries_.container = name_of(container);
    entries_.found = container == Container::pem      ? KeyStoreFormat::pem
                     : container == Container::pkcs12 ? KeyStoreFormat::pkcs12
                                                      : KeyStoreFormat::java_key_store;
}

LoadResult<StoreDraft> StoreDraft::read(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
) {
    const std::optional<Container> container = container_of_bytes(bytes);
    LoadResult<KeyStoreEntries> entries = read_entries(bytes, password, where);
    if (!entries) return entries.error();
    StoreDraft draft{container.value_or(Container::pem), password, where};
    draft.entries_ = std::move(*entries);
    draft.foreign_ = draft.entries_.container != name_of(draft.container_);
    // A JKS that opened without a password has the empty one.
    if (is_java(draft.container_) && !password) draft.password_ = Secret{};
    if (is_java(draft.container_)) return draft;
    SignatureChecks checks{draft.entries_.keys.size()};
    for (std::size_t i = 0; i < draft.entries_.keys.size(); ++i) {
        if (auto error = draft.arrange(i, checks)) return *error;
    }
    // What stands behind a key need not stand beside it once more.
    std::erase_if(draft.entries_.loose, [&](const X509Handle& loose) {
        return std::ranges::any_of(draft.entries_.keys, [&](const KeyEntry& entry) {
            return holds(entry.certificates, loose.get());
        });
    });
    return draft;
}

// PKCS#12 ties at most the leaf to its key, PEM nothing.
std::optional<LoadError> StoreDraft::arrange(std::size_t key, SignatureChecks& checks) {
    KeyEntry& entry = entries_.keys[key];
    std::vector<X509Handle> candidates;
    for (const X509Handle& tied : entry.certificates) candidates.push_back(share(tied.get()));
    for (const X509Handle& loose : entries_.loose) candidates.push_back(share(loose.get()));
    std::optional<std::size_t> leaf;
    if (entry.certificates.size() == 1) {
        leaf = 0;
    } else if (const auto opened = open(key, std::nullopt)) {
        leaf = choose_leaf(candidates, opened->get());
    } else {
        leaf = guess_leaf(candidates, checks);
    }
    if (!leaf) return std::nullopt;
    std::vector<X509*> others;
    for (const X509Handle& candidate : candidates) others.push_back(candidate.get());
    for (const TrustedEntry& trusted : entries_.trusted) {
        others.push_back(trusted.certificate.get());
    }
    X509* const found = candidates[*leaf].get();
    entry.certificates = find_path(found, others, checks).certificates;
    return checks.exhausted() ? std::optional{too_many_issuers(found, where_)} : std::nullopt;
}

EditResult<std::size_t> StoreDraft::choose(const std::optional<std::string>& alias) const {
    const auto chosen =
        choose_key(entries_, has_aliases(container_) ? alias : std::nullopt, where_);
    if (!chosen) return edit_error(chosen.error());
    return *chosen;
}

LoadResult<PrivateKeyHandle> StoreDraft::open(
    std::size_t key, const std::optional<Secret>& key_password
) const {
    const KeyEntry& entry = entries_.keys[key];
    const std::string where = where_of(where_, entry.alias);
    if (key_password) {
        LoadResult<PrivateKeyHandle> opened = open_key(entry.key, key_password, where);
        if (opened || opened.error().code != LoadErrorCode::wrong_password) return opened;
        if (LoadResult<PrivateKeyHandle> second = open_key(entry.key, password_, where)) {
            return second;
        }
        return opened;
    }
    LoadResult<PrivateKeyHandle> opened = open_key(entry.key, password_, where);
    if (opened || opened.error().code != LoadErrorCode::wrong_password) return opened;
    LoadError error = opened.error();
    error.detail += "; the key has a password of its own, which is to be given too";
    return error;
}

std::optional<EditError> StoreDraft::check_alias(const std::string& alias) const {
    if (!has_aliases(container_)) return std::nullopt;
    if (alias.empty()) return EditError{"an entry of " + where_ + " needs an alias."};
    const auto is_taken = [&](const auto& entry) { return same_alias(entry.alias, alias); };
    if (std::ranges::none_of(entries_.keys, is_taken) &&
        std::ranges::none_of(entries_.trusted, is_taken)) {
        return std::nullopt;
    }
    return EditError{
        where_ + " has an entry under the alias " + printable(alias) +
        " already. Choose another alias, or delete that entry first."};
}

std::optional<EditError> StoreDraft::add_key(
    const std::string& alias, const EVP_PKEY* key, std::vector<X509Handle> certificates,
    const std::optional<Secret>& key_password, std::optional<std::chrono::milliseconds> created
) {
    if (auto error = check_alias(alias)) return error;
    if (container_ == Container::pem && !entries_.keys.empty()) {
        return EditError{
            where_ +
            " is PEM and has a private key, and PEM has no aliases to tell two keys apart. "
            "Use a file of its own, or PKCS#12 or JKS."};
    }
    if (key_password && !is_java(container_) && key_password != password_) {
        return EditError{
            std::string{name_of(container_)} +
            " has one password for the file and its keys: Java and OpenSSL open it with no other. "
            "Leave the key's own password away."};
    }
    EditResult<SealedKey> sealed =
        seal_key(key, container_, key_password ? key_password : password_);
    if (!sealed) return sealed.error();
    entries_.keys.push_back(
        {has_aliases(container_) ? java_alias(alias) : "", std::move(*sealed),
         std::move(certificates), created}
    );
    return std::nullopt;
}

void StoreDraft::set_certificates(std::size_t key, std::vector<X509Handle> certificates) {
    KeyEntry& entry = entries_.keys[key];
    // What PEM and PKCS#12 kept beside the key would otherwise stand in the file twice.
    std::erase_if(entries_.loose, [&](const X509Handle& loose) {
        return holds(certificates, loose.get());
    });
    entry.certificates = std::move(certificates);
}

std::optional<EditError> StoreDraft::add_trusted(
    const std::string& alias, X509Handle certificate,
    std::optional<std::chrono::milliseconds> created
) {
    if (!has_aliases(container_)) {
        add_loose(std::move(certificate));
        return std::nullopt;
    }
    if (auto error = check_alias(alias)) return error;
    entries_.trusted.push_back({java_alias(alias), std::move(certificate), created});
    return std::nullopt;
}

void StoreDraft::add_loose(X509Handle certificate) {
    const bool in_a_chain = std::ranges::any_of(entries_.keys, [&](const KeyEntry& entry) {
        return holds(entry.certificates, certificate.get());
    });
    if (in_a_chain || holds(entries_.loose, certificate.get())) return;
    entries_.loose.push_back(std::move(certificate));
}

std::optional<EditError> StoreDraft::remove(const std::string& alias) {
    if (!has_aliases(container_)) {
        return EditError{
            where_ +
            " is PEM, which has no aliases: take what is not wanted out of it with an "
            "editor, or delete the file."};
    }
    if (const auto key = find_alias(entries_.keys, alias); key != entries_.keys.end()) {
        entries_.keys.erase(key);
        return std::nullopt;
    }
    if (const auto found = find_alias(entries_.trusted, alias); found != entries_.trusted.end()) {
        entries_.trusted.erase(found);
        return std::nullopt;
    }
    std::vector<std::string> aliases;
    for (const KeyEntry& entry : entries_.keys) aliases.push_back(entry.alias);
    for (const TrustedEntry& entry : entries_.trusted) aliases.push_back(entry.alias);
    return EditError{
        where_ + " has no entry under the alias " + printable(alias) + ". " +
        (aliases.empty() ? "It is empty." : "It has: " + printable_list(aliases) + ".")};
}

std::optional<std::string> StoreDraft::alias_of_trusted(const X509* certificate) const {
    for (const TrustedEntry& entry : entries_.trusted) {
        if (same(entry.certificate, certificate)) return entry.alias;
    }
    return std::nullopt;
}

// A key in a form that the container does not keep, or in the clear beside a password.
std::optional<EditError> StoreDraft::seal_all() {
    for (std::size_t i = 0; i < entries_.keys.size(); ++i) {
        const SealedKey& key = entries_.keys[i].key;
        const bool traditional = key.form == SealedKey::Form::traditional ||
                                 key.form == SealedKey::Form::traditional_encrypted;
        const bool in_the_clear =
            key.form == SealedKey::Form::pkcs8 && password_ && container_ == Container::pkcs12;
        if (is_native(key, container_) && !traditional && !in_the_clear) continue;
        const LoadResult<PrivateKeyHandle> opened = open(i, std::nullopt);
        if (!opened) return edit_error(opened.error());
        EditResult<SealedKey> sealed = seal_key(opened->get(), container_, password_);
        if (!sealed) return sealed.error();
        entries_.keys[i].key = std::move(*sealed);
    }
    return std::nullopt;
}

EditResult<SecretBytes> StoreDraft::write(std::chrono::milliseconds now) {
    if (entries_.incomplete) {
        return EditError{
            where_ + " holds what would be lost if it were written again: " +
            printable_list(entries_.notes, "; ") +
            ". Convert it to a new file, and go on with that."};
    }
    if (foreign_) {
        return EditError{
            where_ +
            " is a bundle of certificates, no key store that entries can be added to. "
            "Convert it to a key store first."};
    }
    if (auto error = seal_all()) return *error;
    switch (container_) {
        case Container::jks:
        case Container::jceks:
            return write_java_key_store(entries_, container_, password_.value_or(Secret{}), now);
        case Container::pkcs12:
            return write_pkcs12(entries_, password_, now);
        case Container::pem:
            break;
    }
    return write_pem(entries_);
}

EditResult<std::vector<std::string>> judge_new_password(
    Container container, const std::optional<Secret>& password
) {
    constexpr std::size_t kLeastLength = 6;
    const std::string name{name_of(container)};
    std::vector<std::string> notes;
    if (!password) {
        if (is_java(container)) return EditError{name + " is never without a password."};
        return notes;
    }
    if (password->reveal().size() < kLeastLength && container != Container::pem) {
        return EditError{
            "the password is shorter than six characters, and keytool does not accept such a one. "
            "Take a longer one."};
    }
    if (password->empty())
        return EditError{"the password is empty. Give one, or say that none is wanted."};
    const bool ascii =
        std::ranges::all_of(password->reveal(), [](char c) { return c >= ' ' && c < '\x7f'; });
    if (!ascii && container == Container::jceks) {
        return EditError{
            "JCEKS takes only passwords in ASCII: Java opens it with no other. Take another "
            "password, or JKS."};
    }
    if (!ascii && container == Container::pkcs12) {
        notes.push_back(
            "the password is not plain ASCII: Java does not open PKCS#12 with such a one, OpenSSL "
            "and Countersign do"
        );
    }
    return notes;
}

}  // namespace countersign::certs
