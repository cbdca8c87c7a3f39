#include "certs/edit/replacement_loss.hpp"

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/key_store.hpp"
#include "certs/password_encryption.hpp"

namespace countersign::certs {
namespace {

using Kind = HeldItem::Kind;

// OpenSSH's form and others that are not read here, and PKCS#12's secret keys.
bool is_key(const HeldItem& block) {
    return block.what.find("PRIVATE KEY") != std::string::npos ||
           block.what.starts_with("the secret key");
}

/// The keys of a store, each opened with whichever password does.
class OpenedWithAny {
public:
    OpenedWithAny(
        const KeyStoreEntries& entries, const std::vector<std::optional<Secret>>& passwords
    )
        : entries_{entries}, opened_(entries.keys.size()), beyond_(entries.keys.size()) {
        for (const std::optional<Secret>& password : passwords) open_with(password);
    }

    /// Those that were opened, and of those that nobody tried to open, as many derivations cost too
    /// much, the public keys of their certificates.
    std::vector<PrivateKeyHandle> take_keys() {
        std::map<std::string, std::size_t> keys_of_leaf;
        for (const KeyEntry& entry : entries_.keys) {
            if (!entry.certificates.empty()) ++keys_of_leaf[leaf_of(entry)];
        }
        for (std::size_t i = 0; i < opened_.size(); ++i) {
            const KeyEntry& entry = entries_.keys[i];
            if (opened_[i] || !beyond_[i] || entry.certificates.empty()) continue;
            // Where several keys have one certificate, it does not say whose it is.
            if (keys_of_leaf[leaf_of(entry)] > 1) continue;
            opened_[i].reset(X509_get_pubkey(entry.certificates.front().get()));
        }
        drain_openssl_errors();
        return std::move(opened_);
    }

private:
    static std::string leaf_of(const KeyEntry& entry) {
        return fingerprint_of(entry.certificates.front().get());
    }

    void open_with(const std::optional<Secret>& password) {
        DecryptionGate gate;
        for (std::size_t i = 0; i < opened_.size(); ++i) {
            if (opened_[i]) continue;
            LoadResult<PrivateKeyHandle> key = open_key(entries_.keys[i].key, password, "", gate);
            if (key) opened_[i] = std::move(*key);
            if (!key && gate.exhausted()) beyond_[i] = true;
        }
    }

    const KeyStoreEntries& entries_;
    std::vector<PrivateKeyHandle> opened_;
    std::vector<bool> beyond_;
};

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

// A request or a revocation list: what is binary, and is made again at any time.
bool is_request_or_list(ByteView der) {
    const auto size = static_cast<long>(der.size());
    const unsigned char* data = der.data();
    const OpensslHandle<X509_REQ, X509_REQ_free> request{d2i_X509_REQ(nullptr, &data, size)};
    const bool is_request = request && data == der.data() + der.size();
    data = der.data();
    const OpensslHandle<X509_CRL, X509_CRL_free> list{d2i_X509_CRL(nullptr, &data, size)};
    drain_openssl_errors();
    return is_request || (list && data == der.data() + der.size());
}

ReplacementLoss loss_of_unreadable(ByteView bytes) {
    ReplacementLoss loss;
    const std::optional<Container> container = container_of_bytes(bytes);
    if (container && *container != Container::pem) {
        loss.sealed = name_of(*container);
        return loss;
    }
    loss.keys = key_blocks(as_text(bytes));
    // Another program's key store, or a key in a Secret's YAML, base64, a vault: nobody can tell.
    const bool is_blank = as_text(bytes).find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (!container && !is_blank && !is_request_or_list(bytes)) {
        loss.unopened.push_back("bytes in a form that is not read here");
    }
    return loss;
}

// A key that nobody opened has no mark but that of its sealed bytes.
void set_unopened_apart(ReplacementLoss& loss, const Inventory& before, const StoreDraft& after) {
    if (after.entries().keys.empty()) return;
    for (const HeldItem& key : before.keys_missing_from(after.held())) {
        if (key.marks.size() > 1) continue;
        std::erase(loss.keys, key.what);
        loss.unopened.push_back(key.what);
    }
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
    const std::vector<PrivateKeyHandle> known = OpenedWithAny{*read, passwords}.take_keys();
    const Inventory held = Inventory::of(*read, known);
    ReplacementLoss loss = loss_by_replacing(held, after);
    set_unopened_apart(loss, held, after);
    // Of JCEKS these are secret keys.
    auto& more = read->found == KeyStoreFormat::java_key_store ? loss.keys : loss.others;
    more.insert(more.end(), read->left_out.begin(), read->left_out.end());
    return loss;
}

}  // namespace countersign::certs
