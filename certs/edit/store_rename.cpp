#include <algorithm>
#include <utility>

#include "certs/edit/store_draft.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/pkcs12_bag.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

template <class Entries>
auto find_entry(Entries& entries, const std::string& alias) {
    return std::ranges::find_if(entries, [&alias](const auto& entry) {
        return same_in_java(entry.alias, alias);
    });
}

/// What else than a name was said, and is not any more. Java's mark of trust is written anew.
std::vector<std::string> unsaid(const Inventory& before, const Inventory& after) {
    std::vector<std::string> lost;
    for (const HeldItem& item : before.missing_from(after)) {
        const bool is_mark = item.what.starts_with(kJavaTrusted);
        if (item.kind == HeldItem::Kind::attribute && !is_mark) lost.push_back(item.what);
    }
    return lost;
}

}  // namespace

std::optional<EditError> StoreDraft::rename(const std::string& alias, const std::string& to) {
    if (!has_aliases(container_)) return EditError{where_ + " is PEM, which has no aliases."};
    if (auto error = check_alias(to)) return error;
    const Inventory before = held();
    if (const auto key = find_entry(entries_.keys, alias); key != entries_.keys.end()) {
        held_->remove_key(*key);
        held_->remove_chain(key->alias);
        drop_bags(key->certificates, key->alias, false);
        key->alias = java_alias(to);
        key->bag.clear();
        held_->add_key(*key, nullptr);
        if (is_java(container_)) held_->set_chain(*key);
    } else if (const auto found = find_entry(entries_.trusted, alias);
               found != entries_.trusted.end()) {
        std::vector<X509Handle> one;
        one.push_back(share(found->certificate.get()));
        held_->remove_trusted(found->alias, one.front().get());
        drop_bags(one, found->alias, true);
        found->alias = java_alias(to);
        held_->add_trusted(found->alias, one.front().get());
    } else {
        const std::vector<std::string> aliases = aliases_of(entries_);
        return EditError{
            where_ + " has no entry under the alias " + printable(alias) + ". " +
            (aliases.empty() ? "It is empty." : "It has: " + printable_list(aliases) + ".")};
    }
    const std::vector<std::string> lost = unsaid(before, *held_);
    if (lost.empty()) return std::nullopt;
    return EditError{
        where_ +
        " says of it what would be lost under another alias: " + printable_list(lost, "; ") + "."};
}

}  // namespace countersign::certs
