#include "certs/edit/inventory.hpp"

#include <openssl/pkcs12.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "certs/certificate.hpp"
#include "certs/der_bytes.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/password_encryption.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

using Kind = HeldItem::Kind;
using BagHandle = OpensslHandle<PKCS12_SAFEBAG, PKCS12_SAFEBAG_free>;

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

std::string under(const std::string& alias) {
    return alias.empty() ? "" : " under the alias " + printable(alias);
}

std::string name_in(const X509_ATTRIBUTE* attribute) {
    const ASN1_TYPE* const value =
        X509_ATTRIBUTE_get0_type(const_cast<X509_ATTRIBUTE*>(attribute), 0);
    if (value == nullptr || value->type != V_ASN1_BMPSTRING) return "?";
    char* const text =
        OPENSSL_uni2utf8(value->value.bmpstring->data, value->value.bmpstring->length);
    if (text == nullptr) return "?";
    std::string name = printable(text);
    OPENSSL_free(text);
    return name;
}

std::string type_of(const X509_ATTRIBUTE* attribute) {
    char name[128] = "?";
    OBJ_obj2txt(
        name, sizeof name, X509_ATTRIBUTE_get0_object(const_cast<X509_ATTRIBUTE*>(attribute)), 0
    );
    return name;
}

int nid_of(const X509_ATTRIBUTE* attribute) {
    return OBJ_obj2nid(X509_ATTRIBUTE_get0_object(const_cast<X509_ATTRIBUTE*>(attribute)));
}

// Lines without what surrounds them.
std::vector<std::string_view> lines_of(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\v\f";
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
        line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
        line.remove_suffix(line.size() - (line.find_last_not_of(kBlank) + 1));
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

bool is_detail(Kind kind) {
    return kind == Kind::block || kind == Kind::name || kind == Kind::attribute ||
           kind == Kind::comment;
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
    all.set_details(entries);
    return all;
}

// Which of many keys are opened depends on what their derivations cost together.
void Inventory::add_key(const KeyEntry& entry, const EVP_PKEY* opened) {
    HeldItem item{Kind::key, "the private key" + under(entry.alias)};
    item.marks.push_back(sealed_mark(entry));
    if (auto mark = public_mark(entry, opened)) item.marks.push_back(std::move(*mark));
    items_[{Kind::key, sealed_mark(entry)}] = std::move(item);
}

void Inventory::remove_key(const KeyEntry& entry) { items_.erase({Kind::key, sealed_mark(entry)}); }

void Inventory::set_chain(const KeyEntry& entry) {
    remove_chain(entry.alias);
    std::string id = java_alias(entry.alias) + '\0';
    for (const X509Handle& each : entry.certificates) id += fingerprint_of(each.get());
    items_[{Kind::chain, id}] = {Kind::chain, "the chain" + under(entry.alias)};
}

void Inventory::remove_chain(const std::string& alias) {
    std::erase_if(items_, [id = java_alias(alias) + '\0'](const auto& item) {
        return item.first.first == Kind::chain && item.first.second.starts_with(id);
    });
}

void Inventory::add_trusted(const std::string& alias, const X509* certificate) {
    items_[{Kind::trusted, java_alias(alias) + '\0' + fingerprint_of(certificate)}] = {
        Kind::trusted, "the trusted certificate" + under(alias)};
}

void Inventory::remove_trusted(const std::string& alias, const X509* certificate) {
    items_.erase({Kind::trusted, java_alias(alias) + '\0' + fingerprint_of(certificate)});
}

void Inventory::add_certificate(const X509* certificate) {
    items_[{Kind::certificate, fingerprint_of(certificate)}] = {
        Kind::certificate, "the certificate of " + subject_of(certificate)};
}

void Inventory::remove_certificate(const X509* certificate) {
    const std::string fingerprint = fingerprint_of(certificate);
    items_.erase({Kind::certificate, fingerprint});
    std::erase_if(items_, [&](const auto& item) { return item.second.owner == fingerprint; });
}

void Inventory::set_details(const KeyStoreEntries& entries) {
    std::erase_if(items_, [](const auto& item) { return is_detail(item.first.first); });
    for (const KeyEntry& entry : entries.keys) {
        add_bag(entry.bag, "", "the private key" + under(entry.alias));
    }
    for (const CertificateBag& bag : entries.carried.certificate_bags) {
        const X509* const certificate = bag.certificate.get();
        const std::string fingerprint = fingerprint_of(certificate);
        if (!has_certificate(fingerprint)) continue;
        add_bag(bag.der, fingerprint, "the certificate of " + subject_of(certificate));
    }
    for (const ForeignBag& bag : entries.carried.foreign_bags) {
        items_[{Kind::block, digest_of(bag.der)}] = {Kind::block, bag.what};
    }
    for (const PemPiece& piece : entries.carried.pem) add_piece(piece);
}

// The local key ID is only a tie, which is made anew where two keys share one.
void Inventory::add_bag(ByteView der, const std::string& owner, const std::string& of_what) {
    if (der.empty()) return;
    const unsigned char* data = der.data();
    const BagHandle bag{d2i_PKCS12_SAFEBAG(nullptr, &data, static_cast<long>(der.size()))};
    const STACK_OF(X509_ATTRIBUTE)* const all =
        bag ? PKCS12_SAFEBAG_get0_attrs(bag.get()) : nullptr;
    for (int i = 0; i < sk_X509_ATTRIBUTE_num(all); ++i) {
        const X509_ATTRIBUTE* const attribute = sk_X509_ATTRIBUTE_value(all, i);
        const int nid = nid_of(attribute);
        if (nid == NID_localKeyID) continue;
        const bool is_name = nid == NID_friendlyName;
        const Kind kind = is_name ? Kind::name : Kind::attribute;
        const std::string what = is_name ? "the name '" + name_in(attribute) + "' of " + of_what
                                         : type_of(attribute) + " of " + of_what;
        const std::string id = of_what + owner + digest_of(der_of(attribute, i2d_X509_ATTRIBUTE));
        items_[{kind, id}] = {kind, what, owner};
    }
    drain_openssl_errors();
}

void Inventory::add_piece(const PemPiece& piece) {
    for (const std::string_view line : lines_of(as_text(piece.text))) {
        items_[{Kind::comment, std::string{line}}] = {
            Kind::comment, "the line '" + printable(line) + "'"};
    }
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

bool Inventory::has(const Id& id, const HeldItem& item) const {
    if (item.kind != Kind::key) return items_.contains(id);
    return std::ranges::any_of(items_, [&](const auto& mine) {
        return std::ranges::any_of(item.marks, [&](const std::string& mark) {
            return std::ranges::find(mine.second.marks, mark) != mine.second.marks.end();
        });
    });
}

std::vector<HeldItem> Inventory::missing_from(const Inventory& other) const {
    std::vector<HeldItem> missing;
    for (const auto& [id, item] : items_) {
        if (!other.has(id, item)) missing.push_back(item);
    }
    return missing;
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
