#include "certs/edit/written_proof.hpp"

#include <vector>

#include "certs/key_store.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

using Kind = HeldItem::Kind;

EditError not_the_same(const std::string& where, const std::string& what) {
    return {
        "what would be written to " + where + " " + what +
        ", so nothing was written and the file is as it was. This is a fault of Countersign: "
        "report it, and make this change with another tool."};
}

std::string list_of(const std::vector<HeldItem>& items) {
    std::vector<std::string> texts;
    for (const HeldItem& item : items) texts.push_back(item.what);
    return printable_list(texts, "; ");
}

// A key may get its name or its tie; the rest is what somebody trusts or is.
bool is_entry(const HeldItem& item) {
    return item.kind == Kind::key || item.kind == Kind::chain || item.kind == Kind::trusted ||
           item.kind == Kind::certificate || item.kind == Kind::block;
}

}  // namespace

std::optional<EditError> prove_written(
    ByteView bytes, Container container, const std::optional<Secret>& password,
    const Inventory& expected, const std::string& where
) {
    const LoadResult<KeyStoreEntries> again = read_entries(bytes, password, where);
    // A store that nothing is left in is no PEM at all.
    if (!again && !(bytes.empty() && container == Container::pem)) {
        return not_the_same(where, "does not open again (" + again.error().message() + ")");
    }
    const KeyStoreEntries nothing;
    const KeyStoreEntries& entries = again ? *again : nothing;
    const Inventory found = Inventory::of(entries, open_keys(entries, password));
    if (const auto lost = expected.missing_from(found); !lost.empty()) {
        return not_the_same(where, "would lack " + list_of(lost));
    }
    std::vector<HeldItem> added = found.missing_from(expected);
    std::erase_if(added, [](const HeldItem& item) { return !is_entry(item); });
    if (!added.empty()) {
        return not_the_same(where, "would have what nobody asked for: " + list_of(added));
    }
    return std::nullopt;
}

}  // namespace countersign::certs
