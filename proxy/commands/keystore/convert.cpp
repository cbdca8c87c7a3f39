#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "certs/edit/copy_entries.hpp"
#include "certs/edit/file_replacement.hpp"
#include "certs/edit/new_password.hpp"
#include "certs/edit/replacement_loss.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/commands/keystore/replaced_file.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::EditError;
using certs::EditResult;
using certs::StoreDraft;

EditResult<std::optional<certs::Secret>> choose_password(
    const StoreDraft& from, certs::Container container, const KeystoreOptions& options
) {
    const bool only_certificates = from.entries().keys.empty();
    if (container == certs::Container::pem && only_certificates) {
        return std::optional<certs::Secret>{};
    }
    const bool same = options.verb == KeystoreVerb::convert && !options.new_password &&
                      !options.no_password && from.password() && !from.password()->empty();
    if (!same) {
        return password_for_new(options.new_password, options, container, options.files.back());
    }
    auto judged = judge_new_password(container, from.password());
    if (!judged) {
        return EditError{
            "the password of " + from.where() + " cannot be that of the new store: " +
            judged.error().sentence + " Name one with --to-password-file or --to-password-env."};
    }
    print_notes(*judged);
    return from.password();
}

std::string counted(std::size_t count, const std::string& one) {
    return count == 0 ? "no " + one + "s" : certs::counted(count, one);
}

void tell(const StoreDraft& store, KeystoreVerb verb) {
    const certs::KeyStoreEntries& entries = store.entries();
    std::cout << store.where()
              << (verb == KeystoreVerb::password ? ": has its new password, " : ": made, ")
              << name_of(store.container()) << " with "
              << counted(entries.keys.size(), "private key") << " and "
              << (has_aliases(store.container())
                      ? counted(entries.trusted.size(), "trusted certificate")
                      : counted(entries.loose.size(), "certificate") + " of no chain")
              << "\n";
}

/// The keys of a store, opened before it is locked, as somebody may be asked for passwords.
class OpenedKeys {
public:
    Outcome open_all(const StoreDraft& store, const KeystoreOptions& options) {
        const std::vector<certs::KeyEntry>& keys = store.entries().keys;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const bool meant = !options.alias || !has_aliases(store.container()) ||
                               certs::same_in_java(keys[i].alias, *options.alias);
            if (!meant) continue;
            EditResult<certs::PrivateKeyHandle> key = open_key(store, i, options);
            if (!key) return key.error();
            keys_.emplace_back(keys[i].key.der, std::move(*key));
        }
        return std::nullopt;
    }

    // One that was added meanwhile is opened now.
    EditResult<certs::PrivateKeyHandle> open(
        const StoreDraft& store, std::size_t key, const KeystoreOptions& options
    ) const {
        const certs::SecretBytes& sealed = store.entries().keys[key].key.der;
        for (const auto& [der, opened] : keys_) {
            if (der == sealed) return certs::share(opened.get());
        }
        return open_key(store, key, options);
    }

private:
    std::vector<std::pair<certs::SecretBytes, certs::PrivateKeyHandle>> keys_;
};

EditError would_lose(
    const StoreDraft& from, const StoreDraft& to, const std::vector<std::string>& lost,
    const std::string& remedy
) {
    return {
        from.where() + " holds what would be lost in " + std::string{name_of(to.container())} +
        ": " + certs::printable_list(lost, "; ") + "." + remedy};
}

// Another file stays as it is, and has what is only said of an entry.
Outcome refuse_to_lose(
    const certs::Copied& copied, const StoreDraft& from, const StoreDraft& to, bool lossy
) {
    if (copied.lost.empty() || lossy) return std::nullopt;
    return would_lose(
        from, to, copied.lost, " Say --lossy to leave it out; " + from.where() + " stays as it is."
    );
}

// The store is replaced by what is made of it: nothing else has what is not in that.
Outcome refuse_to_lose_in_place(
    const certs::Copied& copied, const StoreDraft& from, const StoreDraft& to, bool lossy
) {
    certs::ReplacementLoss loss = certs::loss_by_replacing(copied.source, to);
    if (is_java(from.container())) {
        // Secret keys, which are not read.
        const std::vector<std::string>& left_out = from.entries().left_out;
        loss.keys.insert(loss.keys.end(), left_out.begin(), left_out.end());
    }
    if (!loss.keys.empty()) {
        return would_lose(from, to, loss.keys, " Name another file for the new store.");
    }
    std::vector<std::string> lost = copied.lost;
    lost.insert(lost.end(), copied.unsaid.begin(), copied.unsaid.end());
    for (const std::string& other : loss.others) {
        if (std::ranges::find(lost, other) == lost.end()) lost.push_back(other);
    }
    if (lost.empty() || lossy) return std::nullopt;
    return would_lose(
        from, to, lost, " Name another file for the new store, or say --lossy to leave it out."
    );
}

void tell_left_out(const certs::Copied& copied) {
    std::vector<std::string> all = copied.lost;
    all.insert(all.end(), copied.unsaid.begin(), copied.unsaid.end());
    if (!all.empty()) print_notes({"left out: " + certs::printable_list(all, "; ")});
}

/// One conversion, once all passwords are known.
Outcome convert_locked(
    const KeystoreOptions& options, const StoreDraft& before, StoreDraft to, const OpenedKeys& keys
) {
    const std::filesystem::path& target = options.files.back();
    EditResult<certs::FileReplacement> replacement = certs::FileReplacement::begin(target);
    if (!replacement) return replacement.error();
    if (replacement->exists() && !options.replace) {
        return EditError{to.where() + " has come into being meanwhile."};
    }
    const bool in_place =
        replacement->exists() && is_same_file(options.files.front(), replacement->path());
    // Of a store that is replaced, what another command has added meanwhile would be lost. Any
    // other is not read twice: it may be a pipe.
    std::optional<StoreDraft> again;
    if (in_place) {
        EditResult<StoreDraft> read =
            read_again(replacement->path(), before.password(), before.where());
        if (!read) return read.error();
        again = std::move(*read);
    }
    const StoreDraft& from = again ? *again : before;
    const auto copied = certs::copy_entries(from, to, options.alias, [&](std::size_t key) {
        return keys.open(from, key, options);
    });
    if (!copied) return copied.error();
    std::vector<std::string> replaced;
    if (in_place) {
        if (Outcome refused = refuse_to_lose_in_place(*copied, from, to, options.lossy)) {
            return refused;
        }
    } else {
        if (Outcome refused = refuse_to_lose(*copied, from, to, options.lossy)) return refused;
        if (replacement->exists()) {
            auto looked =
                look_at_replaced(replacement->path(), {to.password(), from.password()}, to);
            if (!looked) return looked.error();
            replaced = std::move(*looked);
        }
    }
    const EditResult<certs::SecretBytes> bytes = to.write(milliseconds_now());
    if (!bytes) return bytes.error();
    if (Outcome failed = replacement->replace(*bytes)) return failed;
    tell(to, options.verb);
    print_notes(copied->changes);
    tell_left_out(*copied);
    if (!replaced.empty()) {
        print_notes(
            {to.where() +
             " held before what is not in it now: " + certs::printable_list(replaced, "; ")}
        );
    }
    return std::nullopt;
}

}  // namespace

Outcome convert_store(const KeystoreOptions& options) {
    const std::filesystem::path& target = options.files.back();
    const auto container = options.format ? options.format : certs::container_of_name(target);
    if (!container) {
        return EditError{
            "the name " + certs::where_of(target) +
            " does not say which kind of store to make. Say --to jks, jceks, pkcs12 or pem."};
    }
    if (file_exists(target) && !options.replace) {
        return EditError{certs::where_of(target) + " exists. Name another file, or say --replace."};
    }
    const EditResult<StoreDraft> from = open_store(options.files.front(), options, Need::keys);
    if (!from) return from.error();
    auto password = choose_password(*from, *container, options);
    if (!password) return password.error();
    OpenedKeys keys;
    if (Outcome failed = keys.open_all(*from, options)) return failed;
    StoreDraft to{*container, std::move(*password), certs::where_of(target)};
    return convert_locked(options, *from, std::move(to), keys);
}

}  // namespace countersign::proxy::commands
