#include "certs/edit/replacement_loss.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

#include "certs/key_store.hpp"

namespace countersign::certs {
namespace {

using Kind = HeldItem::Kind;

// OpenSSH's form and others that are not read here, and PKCS#12's secret keys.
bool is_key(const HeldItem& block) {
    return block.what.find("PRIVATE KEY") != std::string::npos ||
           block.what.starts_with("the secret key");
}

std::vector<PrivateKeyHandle> open_with_any(
    const KeyStoreEntries& entries, const std::vector<std::optional<Secret>>& passwords
) {
    std::vector<PrivateKeyHandle> opened(entries.keys.size());
    for (const std::optional<Secret>& password : passwords) {
        std::vector<PrivateKeyHandle> more = open_keys(entries, password);
        for (std::size_t i = 0; i < opened.size(); ++i) {
            if (!opened[i]) opened[i] = std::move(more[i]);
        }
    }
    return opened;
}

std::vector<std::string> key_blocks(std::string_view text) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    std::vector<std::string> found;
    for (std::size_t at = text.find(kBegin); at != text.npos; at = text.find(kBegin, at + 1)) {
        const std::string_view rest = text.substr(at + kBegin.size(), 64);
        const std::string_view label = rest.substr(0, rest.find("-----"));
        if (label.find("PRIVATE KEY") == label.npos) continue;
        found.push_back("the block " + std::string{label});
    }
    return found;
}

ReplacementLoss loss_of_unreadable(ByteView bytes) {
    ReplacementLoss loss;
    const std::optional<Container> container = container_of_bytes(bytes);
    if (container && *container != Container::pem) {
        loss.sealed = name_of(*container);
    } else {
        loss.keys = key_blocks(as_text(bytes));
    }
    return loss;
}

}  // namespace

ReplacementLoss loss_by_replacing(const Inventory& before, const StoreDraft& after) {
    ReplacementLoss loss;
    const Inventory& held = after.held();
    for (const HeldItem& key : before.keys_missing_from(held)) loss.keys.push_back(key.what);
    for (const HeldItem& item : before.missing_from(held)) {
        if (item.kind == Kind::block) {
            (is_key(item) ? loss.keys : loss.others).push_back(item.what);
        } else if (item.kind == Kind::certificate) {
            loss.others.push_back(item.what);
        } else if (item.kind == Kind::trusted && has_aliases(after.container()) && !held.has_trusted(item.owner)) {
            loss.others.push_back(item.what);
        }
    }
    return loss;
}

ReplacementLoss loss_by_replacing(
    ByteView before, const std::vector<std::optional<Secret>>& passwords, const StoreDraft& after
) {
    LoadResult<KeyStoreEntries> read = read_entries(before, std::nullopt, "");
    for (const std::optional<Secret>& password : passwords) {
        if (!read) read = read_entries(before, password, "");
    }
    if (!read) return loss_of_unreadable(before);
    const std::vector<PrivateKeyHandle> opened = open_with_any(*read, passwords);
    ReplacementLoss loss = loss_by_replacing(Inventory::of(*read, opened), after);
    // Of JCEKS these are secret keys.
    auto& more = read->found == KeyStoreFormat::java_key_store ? loss.keys : loss.others;
    more.insert(more.end(), read->left_out.begin(), read->left_out.end());
    return loss;
}

}  // namespace countersign::certs
