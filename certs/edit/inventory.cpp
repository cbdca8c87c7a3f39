#include "certs/edit/inventory.hpp"

#include <openssl/pkcs12.h>
#include <openssl/sha.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "certs/asn1.hpp"
#include "certs/certificate.hpp"
#include "certs/der_bytes.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/password_encryption.hpp"
#include "certs/pkcs12_bag.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

using Kind = HeldItem::Kind;

std::string digest_of(ByteView bytes) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(bytes.data(), bytes.size(), digest);
    return {reinterpret_cast<const char*>(digest), sizeof digest};
}

std::string sealed_mark(const KeyEntry& entry) {
    return java_alias(entry.alias) + '\0' + "sealed " + digest_of(entry.key.der);
}

std::optional<std::string> public_mark(const KeyEntry& entry, const EVP_PKEY* opened) {
    const SecretBytes public_key = opened == nullptr ? SecretBytes{} : der_of(opened, i2d_PUBKEY);
    drain_openssl_errors();
    if (public_key.empty()) return std::nullopt;
    return java_alias(entry.alias) + '\0' + "public " + digest_of(public_key);
}

std::string_view without_alias(std::string_view mark) { return mark.substr(mark.find('\0') + 1); }

std::string under(const std::string& alias) {
    return alias.empty() ? "" : " under the alias " + printable(alias);
}

std::string type_of(const X509_ATTRIBUTE* attribute) {
    const ASN1_OBJECT* const type =
        X509_ATTRIBUTE_get0_object(const_cast<X509_ATTRIBUTE*>(attribute));
    // By its number, as who looks for it does: OpenSSL 3.0 has no name for it, and 3.5 has.
    const std::string number = oid_number(type);
    return number == kJavaTrusted ? number : oid_name(type);
}

// Whose bag it is, where several say something of one certificate.
std::string source_of(const std::string& name, bool trusted) {
    return (trusted ? "trusted " : "other ") + java_alias(name);
}

constexpr std::string_view kTrustedSource = "trusted ";

bool is_detail(Kind kind) {
    return kind == Kind::block || kind == Kind::name || kind == Kind::attribute;
}

}  // namespace

Inventory Inventory::of(
    const KeyStoreEntries& entries, const std::vector<PrivateKeyHandle>& opened
) {
    Inventory all;
    for (std::size_t i = 0; i < entries.keys.size(); ++i) {
        const KeyEntry& entry = entries.keys[i];
        all.add_key(entry, opened[i].get());
        for (const X509Handle& each : entry.certificates) all.add_certificate(each.get());
        if (entries.found == KeyStoreFormat::java_key_store) all.set_chain(entry);
    }
    for (const X509Handle& each : entries.loose) all.add_certificate(each.get());
    for (const TrustedEntry& entry : entries.trusted) {
        all.add_trusted(entry.alias, entry.certificate.get());
        all.add_certificate(entry.certificate.get());
    }
    all.add_details(entries);
    return all;
}

// Which of many keys are opened depends on what their derivations cost together.
void Inventory::add_key(const KeyEntry& entry, const EVP_PKEY* opened) {
    HeldItem item{Kind::key, "the private key" + under(entry.alias), "", java_alias(entry.alias)};
    item.marks.push_back(sealed_mark(entry));
    if (auto mark = public_mark(entry, opened)) item.marks.push_back(std::move(*mark));
    items_[{Kind::key, sealed_mark(entry)}] = std::move(item);
}

void Inventory::remove_key(const KeyEntry& entry) {
    items_.erase({Kind::key, sealed_mark(entry)});
    const std::string alias = java_alias(entry.alias);
    if (has_alias(alias)) return;
    std::erase_if(items_, [&](const auto& item) {
        return is_detail(item.first.first) && item.second.owner.empty() &&
               item.first.first != Kind::block && item.second.alias == alias;
    });
}

void Inventory::reseal_key(const KeyEntry& before, const KeyEntry& after, const EVP_PKEY* opened) {
    items_.erase({Kind::key, sealed_mark(before)});
    add_key(after, opened);
}

void Inventory::know_key(const KeyEntry& entry, const EVP_PKEY* opened) {
    const auto found = items_.find({Kind::key, sealed_mark(entry)});
    if (found == items_.end() || found->second.marks.size() > 1) return;
    if (auto mark = public_mark(entry, opened)) found->second.marks.push_back(std::move(*mark));
}

void Inventory::add_key_of(const Inventory& other, const KeyEntry& entry) {
    const Id id{Kind::key, sealed_mark(entry)};
    if (const auto found = other.items_.find(id); found != other.items_.end()) {
        items_[id] = found->second;
    }
}

void Inventory::set_chain(const KeyEntry& entry) {
    remove_chain(entry.alias);
    std::string id = java_alias(entry.alias) + '\0';
    std::string chain;
    for (const X509Handle& each : entry.certificates) chain += fingerprint_of(each.get());
    const std::string mark = digest_of(as_bytes(chain));
    items_[{Kind::chain, id + mark}] = {
        Kind::chain, "the chain" + under(entry.alias), "", java_alias(entry.alias), {mark}};
}

void Inventory::remove_chain(const std::string& alias) {
    std::erase_if(items_, [id = java_alias(alias) + '\0'](const auto& item) {
        return item.first.first == Kind::chain && item.first.second.starts_with(id);
    });
}

void Inventory::add_trusted(const std::string& alias, const X509* certificate) {
    const std::string fingerprint = fingerprint_of(certificate);
    const std::string name = java_alias(alias);
    items_[{Kind::trusted, fingerprint + '\0' + name}] = {
        Kind::trusted, "the trusted certificate" + under(alias), fingerprint, name};
}

void Inventory::remove_trusted(const std::string& alias, const X509* certificate) {
    items_.erase({Kind::trusted, fingerprint_of(certificate) + '\0' + java_alias(alias)});
}

void Inventory::add_certificate(const X509* certificate) {
    items_[{Kind::certificate, fingerprint_of(certificate)}] = {
        Kind::certificate, "the certificate of " + subject_of(certificate)};
}

void Inventory::remove_certificate(const X509* certificate) {
    const std::string fingerprint = fingerprint_of(certificate);
    items_.erase({Kind::certificate, fingerprint});
    std::erase_if(items_, [&](const auto& item) {
        return is_detail(item.first.first) && item.second.owner == fingerprint;
    });
}

void Inventory::remove_said(const X509* certificate, const std::string& alias, bool trusted) {
    const std::string fingerprint = fingerprint_of(certificate);
    const std::string source = source_of(alias, trusted);
    for (auto next = items_.begin(); next != items_.end();) {
        HeldItem& item = next->second;
        const bool is_said = item.owner == fingerprint && std::erase(item.sources, source) > 0;
        next = is_said && item.sources.empty() ? items_.erase(next) : std::next(next);
    }
}

void Inventory::add_details_of(const Inventory& other, bool all) {
    for (const auto& [id, item] : other.items_) {
        if (!is_detail(id.first)) continue;
        HeldItem ours = item;
        if (id.first == Kind::block) {
            if (!all || (!item.owner.empty() && !has_certificate(item.owner))) continue;
        } else if (item.owner.empty()) {
            if (!has_alias(item.alias)) continue;
        } else {
            std::erase_if(ours.sources, [&](const std::string& source) {
                return source.starts_with(kTrustedSource) ? !has_trusted(ours.owner)
                                                          : !has_certificate(ours.owner);
            });
            if (ours.sources.empty()) continue;
        }
        items_[id] = std::move(ours);
    }
    if (all) comments_.add(other.comments_);
}

void Inventory::add_details(const KeyStoreEntries& entries) {
    for (const KeyEntry& entry : entries.keys) {
        const HeldItem said{.kind = Kind::attribute, .what = "", .alias = java_alias(entry.alias)};
        add_bag(entry.bag, said, "the private key" + under(entry.alias));
    }
    for (const CertificateBag& bag : entries.carried.certificate_bags) {
        const X509* const certificate = bag.certificate.get();
        const HeldItem said{
            .kind = Kind::attribute,
            .what = "",
            .owner = fingerprint_of(certificate),
            .sources = {source_of(bag.name, bag.trusted)}};
        if (!has_certificate(said.owner)) continue;
        add_bag(bag.der, said, "the certificate of " + subject_of(certificate));
    }
    for (const ForeignBag& bag : entries.carried.foreign_bags) {
        items_[{Kind::block, digest_of(bag.der)}] = {Kind::block, bag.what};
    }
    for (const PemPiece& piece : entries.carried.pem) add_piece(piece);
}

// The local key ID is only a tie, which is made anew where two keys share one.
void Inventory::add_bag(ByteView der, const HeldItem& said, const std::string& of_what) {
    if (der.empty()) return;
    const Pkcs12BagHandle bag = parse_bag(der);
    const STACK_OF(X509_ATTRIBUTE)* const all =
        bag ? PKCS12_SAFEBAG_get0_attrs(bag.get()) : nullptr;
    for (int i = 0; i < sk_X509_ATTRIBUTE_num(all); ++i) {
        const X509_ATTRIBUTE* const attribute = sk_X509_ATTRIBUTE_value(all, i);
        const int nid = nid_of(attribute);
        if (nid == NID_localKeyID) continue;
        const bool is_name = nid == NID_friendlyName;
        // One that is no text is no name to anybody, and an alias takes its place.
        if (is_name && name_in(attribute).empty()) continue;
        const Kind kind = is_name ? Kind::name : Kind::attribute;
        const std::string what =
            is_name ? "the name '" + printable(name_in(attribute)) + "' of " + of_what
                    : type_of(attribute) + " of " + of_what;
        const std::string id =
            said.owner + said.alias + '\0' + digest_of(der_of(attribute, i2d_X509_ATTRIBUTE));
        HeldItem& item = items_.try_emplace({kind, id}, said).first->second;
        item.kind = kind;
        item.what = what;
        for (const std::string& source : said.sources) {
            if (std::ranges::find(item.sources, source) == item.sources.end()) {
                item.sources.push_back(source);
            }
        }
    }
    drain_openssl_errors();
}

void Inventory::add_piece(const PemPiece& piece) {
    comments_.add(as_text(piece.text));
    if (piece.kind != PemPiece::Kind::other && !piece.says_more) return;
    const bool settings = piece.kind == PemPiece::Kind::certificate;
    items_[{Kind::block, digest_of(piece.block)}] = {
        Kind::block,
        settings ? "the settings of the " + printable(piece.label) + " of " +
                       subject_of(piece.certificates.front().get())
                 : "the block " + printable(piece.label),
        settings ? fingerprint_of(piece.certificates.front().get()) : ""};
}

bool Inventory::has_certificate(const std::string& sha256) const {
    return items_.contains({Kind::certificate, sha256});
}

bool Inventory::has_trusted(const std::string& sha256) const {
    return has_one_that_begins({Kind::trusted, sha256 + '\0'});
}

bool Inventory::has_alias(const std::string& alias) const {
    return has_one_that_begins({Kind::key, alias + '\0'});
}

bool Inventory::has_one_that_begins(const Id& id) const {
    const auto next = items_.lower_bound(id);
    return next != items_.end() && next->first.first == id.first &&
           next->first.second.starts_with(id.second);
}

std::vector<HeldItem> Inventory::missing_from(const Inventory& other) const {
    std::vector<HeldItem> missing = keys_without(other, [](std::string_view mark) { return mark; });
    for (const auto& [id, item] : items_) {
        if (id.first != Kind::key && !other.items_.contains(id)) missing.push_back(item);
    }
    for (const std::string& line : comments_.missing_from(other.comments_)) {
        missing.push_back({Kind::comment, line});
    }
    return missing;
}

std::vector<HeldItem> Inventory::keys_missing_from(const Inventory& other) const {
    return keys_without(other, without_alias);
}

std::vector<HeldItem> Inventory::keys_without(
    const Inventory& other, std::string_view (*part)(std::string_view mark)
) const {
    std::vector<std::string_view> theirs;
    for (const auto& [id, item] : other.items_) {
        if (id.first != Kind::key) continue;
        for (const std::string& mark : item.marks) theirs.push_back(part(mark));
    }
    std::ranges::sort(theirs);
    std::vector<HeldItem> missing;
    for (const auto& [id, item] : items_) {
        if (id.first != Kind::key) continue;
        const bool is_there = std::ranges::any_of(item.marks, [&](const std::string& mark) {
            return std::ranges::binary_search(theirs, part(mark));
        });
        if (!is_there) missing.push_back(item);
    }
    return missing;
}

std::vector<HeldItem> Inventory::items(Kind kind) const {
    std::vector<HeldItem> found;
    for (const auto& [id, item] : items_) {
        if (id.first == kind) found.push_back(item);
    }
    return found;
}

std::vector<PrivateKeyHandle> open_keys(
    const KeyStoreEntries& entries, const std::optional<Secret>& password
) {
    std::vector<PrivateKeyHandle> opened;
    DecryptionGate gate;
    for (const KeyEntry& entry : entries.keys) {
        LoadResult<PrivateKeyHandle> key = open_key(entry.key, password, "", gate);
        opened.push_back(key ? std::move(*key) : PrivateKeyHandle{});
    }
    return opened;
}

}  // namespace countersign::certs
