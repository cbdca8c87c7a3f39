#include <iostream>
#include <utility>

#include "certs/edit/copy_entries.hpp"
#include "certs/edit/file_replacement.hpp"
#include "certs/edit/new_password.hpp"
#include "certs/printable.hpp"
#include "proxy/commands/keystore/verbs.hpp"

namespace countersign::proxy {
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
    const bool same = !options.new_password && !options.no_password && from.password() &&
                      !from.password()->empty();
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
    return (count == 0 ? "no" : std::to_string(count)) + " " + one + (count == 1 ? "" : "s");
}

void tell(const StoreDraft& store) {
    const certs::KeyStoreEntries& entries = store.entries();
    std::cout << store.where() << ": made, " << name_of(store.container()) << " with "
              << counted(entries.keys.size(), "private key") << " and "
              << (has_aliases(store.container())
                      ? counted(entries.trusted.size(), "trusted certificate")
                      : counted(entries.loose.size(), "certificate") + " of no chain")
              << "\n";
}

// The old file stays, and has what is only said of an entry; unless it is the one that is replaced.
Outcome refuse_to_lose(
    const certs::Copied& copied, const StoreDraft& from, const StoreDraft& to,
    const KeystoreOptions& options
) {
    std::error_code error;
    const bool in_place =
        std::filesystem::equivalent(options.files.front(), options.files.back(), error);
    std::vector<std::string> lost = copied.lost;
    if (in_place) lost.insert(lost.end(), copied.unsaid.begin(), copied.unsaid.end());
    if (lost.empty() || options.lossy) return std::nullopt;
    return EditError{
        from.where() + " holds what would be lost in " + std::string{name_of(to.container())} +
        ": " + certs::printable_list(lost, "; ") + ". Say --lossy to leave it out" +
        (in_place ? "." : "; " + from.where() + " stays as it is.")};
}

void tell_left_out(const certs::Copied& copied) {
    std::vector<std::string> all = copied.lost;
    all.insert(all.end(), copied.unsaid.begin(), copied.unsaid.end());
    if (!all.empty()) print_notes({"left out: " + certs::printable_list(all, "; ")});
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

    StoreDraft to{*container, std::move(*password), certs::where_of(target)};
    const auto copied = certs::copy_entries(*from, to, options.alias, [&](std::size_t key) {
        return open_key(*from, key, options);
    });
    if (!copied) return copied.error();
    if (Outcome refused = refuse_to_lose(*copied, *from, to, options)) return refused;
    const EditResult<certs::SecretBytes> bytes = to.write(milliseconds_now());
    if (!bytes) return bytes.error();
    EditResult<certs::FileReplacement> replacement = certs::FileReplacement::begin(target);
    if (!replacement) return replacement.error();
    if (replacement->exists() && !options.replace) {
        return EditError{certs::where_of(target) + " has come into being meanwhile."};
    }
    if (Outcome failed = replacement->replace(*bytes)) return failed;
    tell(to);
    print_notes(copied->changes);
    tell_left_out(*copied);
    return std::nullopt;
}

}  // namespace countersign::proxy
