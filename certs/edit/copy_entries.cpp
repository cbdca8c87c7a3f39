#include "certs/edit/copy_entries.hpp"

#include <utility>

#include "certs/certificate.hpp"
#include "certs/der_bytes.hpp"
#include "certs/edit/copy_proof.hpp"
#include "certs/edit/trusted_alias.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/pem.hpp"
#include "certs/pkcs12_bag.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

bool is_meant(const std::string& entry_alias, const std::optional<std::string>& alias) {
    return !alias || same_in_java(entry_alias, *alias);
}

EditError no_such_entry(const StoreDraft& store, const std::string& problem) {
    const std::vector<std::string> aliases = aliases_of(store.entries());
    if (aliases.empty()) {
        const std::string held = describe_other_blocks(other_labels_of(store.entries()));
        return {store.where() + (held.empty() ? " is empty." : " holds only " + held + ".")};
    }
    return {store.where() + problem + " It has: " + printable_list(aliases) + "."};
}

/// One run of `copy_entries`.
class Copy {
public:
    Copy(const StoreDraft& from, StoreDraft& to, const std::optional<std::string>& alias)
        : from_{from},
          to_{to},
          chosen_{has_aliases(from.container()) ? alias : std::nullopt},
          new_alias_{has_aliases(from.container()) ? std::nullopt : alias} {
        report_.source = from.held();
    }

    std::optional<EditError> keys(
        const std::function<EditResult<PrivateKeyHandle>(std::size_t)>& open
    ) {
        const std::vector<KeyEntry>& keys = from_.entries().keys;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!is_meant(keys[i].alias, chosen_)) continue;
            const EditResult<PrivateKeyHandle> key = open(i);
            if (!key) return key.error();
            if (auto error = not_told_apart(alias_of(keys[i]))) return error;
            report_.source.know_key(keys[i], key->get());
            mean(keys[i]);
            if (auto error = to_.add_key(
                    alias_of(keys[i]), key->get(), share(keys[i].certificates), {}, keys[i].created
                )) {
                return error;
            }
            ++copied_;
        }
        return std::nullopt;
    }

    std::optional<EditError> trusted() {
        for (const TrustedEntry& entry : from_.entries().trusted) {
            if (!is_meant(entry.alias, chosen_)) continue;
            if (auto error = not_told_apart(entry.alias)) return error;
            meant_.add_trusted(entry.alias, entry.certificate.get());
            meant_.add_certificate(entry.certificate.get());
            if (auto error =
                    to_.add_trusted(entry.alias, share(entry.certificate.get()), entry.created)) {
                return error;
            }
            ++copied_;
            if (!has_aliases(to_.container())) loses_trust_ = true;
        }
        return std::nullopt;
    }

    std::optional<EditError> others() {
        const std::vector<X509Handle>& loose = from_.entries().loose;
        if (loose.empty() || chosen_) return std::nullopt;
        if (from_.entries().keys.empty()) return loose_as_trusted();
        if (is_java(to_.container())) return std::nullopt;
        for (const X509Handle& each : loose) to_.add_loose(share(each.get()));
        return std::nullopt;
    }

    std::size_t copied() const { return copied_; }

    EditResult<Copied> take_report() {
        if (loses_trust_) {
            report_.changes.push_back("PEM does not tell trusted certificates from others");
        }
        if (!chosen_) report_.lost = from_.entries().left_out;
        for (const HeldItem& item : report_.source.missing_from(to_.held())) tell(item);
        const Inventory& meant = chosen_ ? meant_ : report_.source;
        if (auto error =
                prove_copied(meant, to_.held(), to_.container(), report_.lost, to_.where())) {
            return *error;
        }
        return std::move(report_);
    }

private:
    // A key that the store's password opens is known by what was read, not by who opens it here.
    void mean(const KeyEntry& entry) {
        meant_.add_key_of(report_.source, entry);
        if (is_java(from_.container())) meant_.set_chain(entry);
        for (const X509Handle& each : entry.certificates) meant_.add_certificate(each.get());
    }

    // Keys, chains and marks of trust are never left out: `prove_copied` looks at them.
    void tell(const HeldItem& item) {
        using Kind = HeldItem::Kind;
        // Of what was not asked for nothing is missed.
        if (chosen_ && !(item.owner.empty() ? is_of_copied_key(item)
                                            : to_.held().has_certificate(item.owner))) {
            return;
        }
        switch (item.kind) {
            case Kind::key:
            case Kind::chain:
            case Kind::trusted:
                return;
            case Kind::certificate:
            case Kind::block:
                report_.lost.push_back(item.what);
                return;
            case Kind::name:
                return tell_name(item);
            case Kind::attribute:
                // In the other containers it is the kind of the entry.
                if (item.what.starts_with(kJavaTrusted)) return;
                break;
            case Kind::comment:
                break;
        }
        report_.unsaid.push_back(item.what);
    }

    bool is_of_copied_key(const HeldItem& item) const {
        return item.kind == HeldItem::Kind::attribute && to_.held().has_alias(item.alias);
    }

    // An entry's name is its alias.
    void tell_name(const HeldItem& item) {
        if (item.owner.empty() || !to_.held().has_certificate(item.owner)) return;
        bool is_an_entrys = false;
        const auto look = [&](const std::string& alias, const X509Handle& certificate) {
            if (fingerprint_of(certificate.get()) != item.owner) return false;
            is_an_entrys = true;
            return item.what.starts_with("the name '" + printable(alias) + "' of ");
        };
        for (const KeyEntry& entry : from_.entries().keys) {
            if (!entry.certificates.empty() && look(entry.alias, entry.certificates.front()))
                return;
        }
        for (const TrustedEntry& entry : from_.entries().trusted) {
            if (look(entry.alias, entry.certificate)) return;
        }
        (is_an_entrys ? report_.unsaid : report_.lost).push_back(item.what);
    }

    std::optional<EditError> loose_as_trusted() {
        std::vector<std::string> done;
        copied_ += from_.entries().loose.size();
        if (has_aliases(to_.container())) {
            report_.changes.push_back(
                "the certificates of " + from_.where() + " are kept as trusted ones"
            );
        }
        return add_trusted(to_, from_.entries().loose, new_alias_, done);
    }

    // PKCS#12 may have aliases that differ by the case of letters alone.
    std::optional<EditError> not_told_apart(const std::string& alias) const {
        if (alias.empty() || !to_.check_alias(alias)) return std::nullopt;
        return EditError{
            from_.where() + " has several entries with the alias " + in_quotes(printable(alias)) +
            ", or differing from it by the case of letters alone, and " + to_.where() +
            " can have one. Give the others another alias first, as keytool -changealias does."};
    }

    std::string alias_of(const KeyEntry& entry) const {
        if (new_alias_) return *new_alias_;
        if (!entry.alias.empty()) return entry.alias;
        if (entry.certificates.empty()) return "key";
        return alias_from_subject(entry.certificates.front().get());
    }

    const StoreDraft& from_;
    StoreDraft& to_;
    std::optional<std::string> chosen_;
    std::optional<std::string> new_alias_;
    Copied report_;
    Inventory meant_;  ///< of `from`, where one entry is
    std::size_t copied_ = 0;
    bool loses_trust_ = false;
};

}  // namespace

SecretBytes certificate_der(const X509* certificate) { return der_of(certificate, i2d_X509); }

EditResult<std::vector<X509Handle>> certificates_of(
    const StoreDraft& store, const std::optional<std::string>& alias
) {
    const KeyStoreEntries& entries = store.entries();
    const std::optional<std::string> meant = has_aliases(store.container()) ? alias : std::nullopt;
    std::vector<const std::vector<X509Handle>*> chains;
    std::vector<const X509Handle*> trusted;
    for (const KeyEntry& entry : entries.keys) {
        if (is_meant(entry.alias, meant)) chains.push_back(&entry.certificates);
    }
    for (const TrustedEntry& entry : entries.trusted) {
        if (is_meant(entry.alias, meant)) trusted.push_back(&entry.certificate);
    }
    if (!meant && chains.empty() && trusted.empty() && !entries.loose.empty()) {
        return share(entries.loose);
    }
    if (chains.empty() && trusted.empty()) {
        return no_such_entry(
            store, meant ? " has no entry under the alias " + printable(*meant) + "." : ""
        );
    }
    // The only key is meant where nothing is said: the trusted ones beside it are its issuers.
    if (chains.size() > 1 || (chains.empty() && trusted.size() > 1)) {
        return no_such_entry(store, " has several entries; say with --alias which one is meant.");
    }
    if (chains.empty()) {
        std::vector<X509Handle> one;
        one.push_back(share(trusted.front()->get()));
        return one;
    }
    if (chains.front()->empty()) return EditError{"that key has no certificate."};
    return share(*chains.front());
}

EditResult<Copied> copy_entries(
    const StoreDraft& from, StoreDraft& to, const std::optional<std::string>& alias,
    const std::function<EditResult<PrivateKeyHandle>(std::size_t)>& open
) {
    const bool chosen = alias && has_aliases(from.container());
    if (to.container() == Container::pem && !chosen && from.entries().keys.size() > 1) {
        return no_such_entry(
            from, " has several private keys, and PEM keeps one. Say with --alias which."
        );
    }
    Copy copy{from, to, alias};
    if (auto error = copy.keys(open)) return *error;
    if (auto error = copy.trusted()) return *error;
    if (auto error = copy.others()) return *error;
    if (copy.copied() == 0 && chosen) {
        return no_such_entry(from, " has no entry under the alias " + printable(*alias) + ".");
    }
    to.carry(from, !chosen);
    return copy.take_report();
}

}  // namespace countersign::certs
