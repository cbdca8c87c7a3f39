#include <chrono>
#include <iostream>

#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "proxy/commands/keystore/entry_listing.hpp"
#include "proxy/commands/keystore/verbs.hpp"
#include "proxy/commands/print_document.hpp"

namespace countersign::proxy::commands {

Outcome list_entries(const KeystoreOptions& options) {
    const certs::EditResult<certs::StoreDraft> store =
        open_store(options.files.front(), options, Need::entries);
    if (!store) return store.error();
    const std::vector<ListedEntry> entries =
        list_store(*store, options.alias, std::chrono::system_clock::now());
    if (entries.empty() && options.alias) {
        return certs::EditError{
            store->where() + " has no entry under the alias " + certs::printable(*options.alias) +
            ". Without --alias all are listed."};
    }
    if (options.json) {
        print_document({
            {"file", json_text(options.files.front().native())},
            {"container", json_text(store->entries().container)},
            {"entries", listing_as_json(entries)},
        });
        return std::nullopt;
    }
    std::cout << store->where() << ": " << store->entries().container << ", "
              << (entries.size() == 1 ? "1 entry" : std::to_string(entries.size()) + " entries");
    if (entries.empty()) {
        const auto others = certs::describe_other_blocks(certs::other_labels_of(store->entries()));
        if (!others.empty()) std::cout << ": it holds " << others;
    }
    std::cout << "\n";
    if (!entries.empty()) std::cout << "\n" << listing_as_text(entries);
    print_notes(store->notes());
    return std::nullopt;
}

}  // namespace countersign::proxy::commands
