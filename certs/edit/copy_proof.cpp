#include "certs/edit/copy_proof.hpp"

#include <algorithm>

#include "certs/printable.hpp"

namespace countersign::certs {

std::optional<EditError> prove_copied(
    const Inventory& meant, const Inventory& copy, Container container,
    const std::vector<std::string>& told, const std::string& where
) {
    using Kind = HeldItem::Kind;
    std::vector<std::string> lacking;
    for (const HeldItem& key : meant.keys_missing_from(copy)) lacking.push_back(key.what);
    for (const HeldItem& item : meant.items(Kind::trusted)) {
        const bool is_there = has_aliases(container) ? copy.has_trusted(item.owner)
                                                     : copy.has_certificate(item.owner);
        if (!is_there) lacking.push_back(item.what);
    }
    const std::vector<HeldItem> chains = copy.items(Kind::chain);
    for (const HeldItem& item : meant.items(Kind::chain)) {
        const bool is_there = std::ranges::any_of(chains, [&](const HeldItem& other) {
            return other.marks == item.marks;
        });
        if (is_java(container) && !is_there) lacking.push_back(item.what);
    }
    for (const HeldItem& item : meant.missing_from(copy)) {
        const bool is_told = std::ranges::find(told, item.what) != told.end();
        if (item.kind == Kind::certificate && !is_told) lacking.push_back(item.what);
    }
    if (lacking.empty()) return std::nullopt;
    return EditError{
        "what would be written to " + where + " would lack " + printable_list(lacking, "; ") +
        ", which was to be copied, so nothing was written. This is a fault of Countersign: report "
        "it, and convert the store with another tool."};
}

}  // namespace countersign::certs
