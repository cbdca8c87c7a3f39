#include "certs/edit/store_draft.hpp"

#include <algorithm>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/edit/arrangement.hpp"
#include "certs/edit/written_proof.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/key_choice.hpp"
#include "certs/key_store.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "certs/text/shell_word.hpp"
#include "certs/write/key_sealing.hpp"

namespace countersign::certs {
namespace {

// PKCS#12 may have aliases that differ by case alone: then the exact one is meant.
template <class Entries>
auto find_alias(Entries& entries, const std::string& alias) {
    const auto exact =
        std::ranges::find_if(entries, [&](const auto& entry) { return entry.alias == alias; });
    if (exact != entries.end()) return exact;
    return std::ranges::find_if(entries, [&](const auto& entry) {
        return same_in_java(entry.alias, alias);
    });
}

/// More than fit into a file of real ones; each costs more memory than bytes, and is compared with
/// the others.
constexpr std::size_t kMostEntries = 5000;

std::size_t count_of(const KeyStoreEntries& entries) {
    std::size_t count = entries.keys.size() + entries.loose.size() + entries.trusted.size();
    for (const KeyEntry& entry : entries.keys) count += entry.certificates.size();
    return count;
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
    if (count_of(*entries) > kMostEntries) {
        return LoadError{
            LoadErrorCode::too_much, where,
            "more than " + std::to_string(kMostEntries) + " keys and certificates together"};
    }
    StoreDraft draft{container.value_or(Container::pem), password, where};
    draft.entries_ = std::move(*entries);
    draft.foreign_ = draft.entries_.container != name_of(draft.container_);
    // A JKS that opened without a password has the empty one.
    if (is_java(draft.container_) && !password) draft.password_ = Secret{};
    if (is_java(draft.container_)) return draft;
    const std::vector<PrivateKeyHandle> opened = open_keys(draft.entries_, password);
    draft.held_ = Inventory::of(draft.entries_, opened);
    if (auto error = arrange_certificates(draft.entries_, opened, draft.where_)) return *error;
    return draft;
}

const Inventory& StoreDraft::held() const {
    if (!held_) held_ = Inventory::of(entries_, open_keys(entries_, password_));
    return *held_;
}

EditResult<std::size_t> StoreDraft::choose(const std::optional<std::string>& alias) const {
    const auto chosen = choose_key(
        entries_, has_aliases(container_) ? alias : std::nullopt, where_, Audience::command
    );
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
    const auto is_taken = [&](const auto& entry) { return same_in_java(entry.alias, alias); };
    const bool is_key = std::ranges::any_of(entries_.keys, is_taken);
    if (!is_key && std::ranges::none_of(entries_.trusted, is_taken)) return std::nullopt;
    return EditError{
        where_ + " has an entry with the alias " + in_quotes(printable(alias)) +
        ", and nothing was changed. Give another --alias, or name another file. Only where that " +
        (is_key ? "private key" : "certificate") +
        " is of no use any more, take it out first: `countersign keystore delete " +
        shell_word(where_) + " --alias " + printable(shell_word(alias)) + "`."};
}

std::optional<EditError> StoreDraft::add_key(
    const std::string& alias, const EVP_PKEY* key, std::vector<X509Handle> certificates,
    const std::optional<Secret>& key_password, std::optional<std::chrono::milliseconds> created
) {
    if (auto error = check_alias(alias)) return error;
    // Also one in a form that is not read here: OpenSSH's.
    const bool has_one = !entries_.keys.empty() ||
                         std::ranges::any_of(entries_.carried.pem, [](const PemPiece& piece) {
                             return piece.label.ends_with("PRIVATE KEY");
                         });
    if (container_ == Container::pem && has_one) {
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
    held();
    // With a password of its own it is known by its sealed bytes.
    const bool opens = !key_password || key_password == password_;
    entries_.keys.push_back(
        {has_aliases(container_) ? java_alias(alias) : "", std::move(*sealed),
         std::move(certificates), created}
    );
    const KeyEntry& added = entries_.keys.back();
    held_->add_key(added, opens ? key : nullptr);
    if (is_java(container_)) held_->set_chain(added);
    for (const X509Handle& each : added.certificates) held_->add_certificate(each.get());
    return std::nullopt;
}

void StoreDraft::set_certificates(std::size_t key, std::vector<X509Handle> certificates) {
    held();
    KeyEntry& entry = entries_.keys[key];
    const EVP_PKEY* const own =
        certificates.empty() ? nullptr : X509_get0_pubkey(certificates.front().get());
    std::vector<X509Handle> former = std::exchange(entry.certificates, std::move(certificates));
    entry.has_new_chain = true;
    std::vector<X509Handle> gone;
    const auto sort_out = [&](std::vector<X509Handle>& before) {
        for (X509Handle& each : std::exchange(before, {})) {
            const EVP_PKEY* const its = X509_get0_pubkey(each.get());
            const bool replaced = own != nullptr && its != nullptr && EVP_PKEY_eq(own, its) == 1;
            if (is_java(container_) || replaced) {
                gone.push_back(std::move(each));
            } else if (!holds(entry.certificates, each.get())) {
                entries_.loose.push_back(std::move(each));
            }
        }
    };
    std::vector<X509Handle> loose = std::exchange(entries_.loose, {});
    sort_out(former);
    sort_out(loose);
    drain_openssl_errors();
    for (const X509Handle& each : entry.certificates) held_->add_certificate(each.get());
    if (is_java(container_)) held_->set_chain(entry);
    forget_unless_held(gone);
}

// In a key's chain, trusted, or loose.
bool StoreDraft::has(const X509* certificate) const {
    return holds(entries_.loose, certificate) || alias_of_trusted(certificate) ||
           std::ranges::any_of(entries_.keys, [&](const KeyEntry& entry) {
               return holds(entry.certificates, certificate);
           });
}

// Certificates that were asked away, with all that the file says of them.
void StoreDraft::forget_unless_held(const std::vector<X509Handle>& certificates) {
    std::vector<CertificateBag>& bags = entries_.carried.certificate_bags;
    for (const X509Handle& each : certificates) {
        if (has(each.get())) continue;
        std::erase_if(bags, [&](const CertificateBag& bag) {
            return same(bag.certificate, each.get());
        });
        for (PemPiece& piece : entries_.carried.pem) {
            if (piece.kind == PemPiece::Kind::certificate &&
                holds(piece.certificates, each.get())) {
                piece.says_more = false;
            }
        }
        held_->remove_certificate(each.get());
    }
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
    held();
    held_->add_trusted(alias, certificate.get());
    held_->add_certificate(certificate.get());
    entries_.trusted.push_back({java_alias(alias), std::move(certificate), created});
    return std::nullopt;
}

void StoreDraft::add_loose(X509Handle certificate) {
    const bool in_a_chain = std::ranges::any_of(entries_.keys, [&](const KeyEntry& entry) {
        return holds(entry.certificates, certificate.get());
    });
    if (in_a_chain || holds(entries_.loose, certificate.get())) return;
    held();
    held_->add_certificate(certificate.get());
    entries_.loose.push_back(std::move(certificate));
}

std::optional<EditError> StoreDraft::remove(const std::string& alias) {
    if (!has_aliases(container_)) {
        return EditError{
            where_ +
            " is PEM, which has no aliases: take what is not wanted out of it with an "
            "editor, or delete the file."};
    }
    held();
    if (const auto key = find_alias(entries_.keys, alias); key != entries_.keys.end()) {
        const KeyEntry gone = std::move(*key);
        entries_.keys.erase(key);
        held_->remove_key(gone);
        held_->remove_chain(gone.alias);
        drop_bags(gone.certificates, gone.alias, false);
        forget_unless_held(gone.certificates);
        return std::nullopt;
    }
    if (const auto found = find_alias(entries_.trusted, alias); found != entries_.trusted.end()) {
        std::vector<X509Handle> gone;
        gone.push_back(std::move(found->certificate));
        const std::string name = found->alias;
        entries_.trusted.erase(found);
        held_->remove_trusted(name, gone.front().get());
        drop_bags(gone, name, true);
        forget_unless_held(gone);
        return std::nullopt;
    }
    const std::vector<std::string> aliases = aliases_of(entries_);
    return EditError{
        where_ + " has no entry under the alias " + printable(alias) + ". " +
        (aliases.empty() ? "It is empty." : "It has: " + printable_list(aliases) + ".")};
}

// What the file says of a certificate under the name of an entry that is asked away.
void StoreDraft::drop_bags(
    const std::vector<X509Handle>& certificates, const std::string& alias, bool trusted
) {
    std::erase_if(entries_.carried.certificate_bags, [&](const CertificateBag& bag) {
        return bag.trusted == trusted && same_in_java(bag.name, alias) &&
               holds(certificates, bag.certificate.get());
    });
    for (const X509Handle& each : certificates) {
        held_->remove_said(each.get(), alias, trusted);
    }
}

void StoreDraft::carry(const StoreDraft& from, bool all) {
    if (from.container_ != container_) return;
    held();
    const Carried& theirs = from.entries_.carried;
    Carried& ours = entries_.carried;
    for (const CertificateBag& bag : theirs.certificate_bags) {
        const bool is_here = bag.trusted ? alias_of_trusted(bag.certificate.get()).has_value()
                                         : has(bag.certificate.get());
        if (!is_here) continue;
        ours.certificate_bags.push_back(
            {share(bag.certificate.get()), bag.der, bag.name, bag.trusted}
        );
    }
    for (KeyEntry& key : entries_.keys) {
        const auto same_key = find_alias(from.entries_.keys, key.alias);
        if (same_key != from.entries_.keys.end()) key.bag = same_key->bag;
    }
    // What is sealed under the old password opens under no other.
    const bool blocks = all && (container_ == Container::pem || password_ == from.password_);
    held_->add_details_of(from.held(), blocks);
    for (const ForeignBag& bag : theirs.foreign_bags) {
        if (blocks) ours.foreign_bags.push_back(bag);
    }
    for (const PemPiece& piece : theirs.pem) {
        if (all) carry(piece);
    }
}

// Its key is another now, and its certificates that were not taken over are not wanted.
void StoreDraft::carry(const PemPiece& piece) {
    PemPiece copy{.text = piece.text};
    const bool is_here = std::ranges::all_of(piece.certificates, [&](const X509Handle& each) {
        return has(each.get());
    });
    if (piece.kind == PemPiece::Kind::other || (is_here && !piece.certificates.empty())) {
        copy.kind = piece.kind;
        copy.label = piece.label;
        copy.block = piece.block;
        copy.says_more = piece.says_more;
        copy.certificates = share(piece.certificates);
    }
    entries_.carried.pem.push_back(std::move(copy));
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
        // PEM keeps it as it stands in the file.
        if (container_ == Container::pem) continue;
        if (is_native(key, container_) && !traditional && !in_the_clear) continue;
        const LoadResult<PrivateKeyHandle> opened = open(i, std::nullopt);
        if (!opened) return edit_error(opened.error());
        EditResult<SealedKey> sealed = seal_key(opened->get(), container_, password_);
        if (!sealed) return sealed.error();
        const KeyEntry before{entries_.keys[i].alias, std::move(entries_.keys[i].key), {}};
        entries_.keys[i].key = std::move(*sealed);
        held_->reseal_key(before, entries_.keys[i], opened->get());
    }
    return std::nullopt;
}

EditResult<SecretBytes> StoreDraft::write(
    std::chrono::milliseconds now, const StoreWriter& writer
) {
    if (!entries_.left_out.empty()) {
        return EditError{
            where_ + " holds what would be lost if it were written again: " +
            printable_list(entries_.left_out, "; ") +
            ". Convert it to a new file with --lossy, which leaves that out, and go on with that."};
    }
    if (foreign_) {
        return EditError{
            where_ +
            " is a bundle of certificates, no key store that entries can be added to. "
            "Convert it to a key store first."};
    }
    for (const PemPiece& piece : entries_.carried.pem) {
        const bool whole = std::ranges::all_of(piece.certificates, [&](const X509Handle& each) {
            return has(each.get());
        });
        if (piece.kind != PemPiece::Kind::bundle || !piece.says_more || whole) continue;
        return EditError{
            where_ +
            " has the key's former certificate in a PKCS#7 bundle that holds CRLs or a signature "
            "too, which would be lost. Take the certificate out of the bundle first."};
    }
    held();
    if (auto error = seal_all()) return *error;
    EditResult<SecretBytes> bytes = writer(entries_, container_, password_, now);
    if (!bytes) return bytes;
    if (auto error = prove_written(*bytes, container_, password_, *held_, where_)) return *error;
    return bytes;
}

}  // namespace countersign::certs
