#include "certs/java/java_key_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "certs/byte_reader.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/java/key_protector.hpp"
#include "certs/java/serialized_object.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

constexpr std::size_t kDigestBytes = std::tuple_size_v<JavaDigest>;
constexpr std::string_view kDigestSalt = "Mighty Aphrodite";

/// One entry as it lies in the file: views, which cost nothing, however many there are.
struct RawEntry {
    std::uint32_t tag = 0;
    ByteView encoded_alias;
    std::chrono::milliseconds created{};
    ByteView sealed_key;
    ByteView certificates;  ///< as many as `chain_length` says
    std::uint32_t chain_length = 0;

    std::string alias() const { return from_java_utf(as_text(encoded_alias)); }
};

ByteView walk_certificate(ByteReader& reader, std::uint32_t version) {
    if (version == 2) reader.java_utf();  // its type; nothing but "X.509" exists
    return reader.take(reader.u32());
}

RawEntry walk_entry(ByteReader& reader, std::uint32_t version) {
    RawEntry entry;
    entry.tag = reader.u32();
    entry.encoded_alias = reader.java_utf();
    const auto high = static_cast<std::int64_t>(reader.u32());
    entry.created = std::chrono::milliseconds{high << 32 | reader.u32()};
    switch (entry.tag) {
        case kPrivateKey:
            entry.sealed_key = reader.take(reader.u32());
            entry.chain_length = reader.u32();
            break;
        case kTrustedCertificate:
            entry.chain_length = 1;
            break;
        case kSecretKey:
            skip_java_object(reader);
            break;
        default:
            reader.fail();
    }
    entry.certificates = reader.rest();
    for (std::uint32_t i = 0; i < entry.chain_length && reader.ok(); ++i) {
        walk_certificate(reader, version);
    }
    entry.certificates = entry.certificates.first(entry.certificates.size() - reader.remaining());
    return entry;
}

/// `visit(entry)` may give an error, which ends the walk.
template <class Visit>
std::optional<LoadError> walk(ByteView bytes, const std::string& where, Visit visit) {
    ByteReader reader{bytes};
    reader.u32();  // magic
    const std::uint32_t version = reader.u32();
    const std::uint32_t count = reader.u32();
    if (reader.ok() && version != 1 && version != 2) {
        return LoadError{
            LoadErrorCode::unsupported, where,
            "it says version " + std::to_string(version) + " of JKS or JCEKS; 1 and 2 are known"};
    }
    for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
        const RawEntry entry = walk_entry(reader, version);
        if (!reader.ok()) {
            return malformed(
                where, "it breaks off or goes wrong in entry " + std::to_string(i + 1) + " of " +
                           std::to_string(count)
            );
        }
        if (auto error = visit(entry, version)) return error;
    }
    if (!reader.ok()) return malformed(where, "it breaks off before the first entry");
    if (reader.remaining() != kDigestBytes) {
        return malformed(
            where, "after the last entry come " + std::to_string(reader.remaining()) +
                       " bytes, where a digest of 20 belongs"
        );
    }
    return std::nullopt;
}

bool digest_matches(ByteView bytes, std::string_view password) {
    const ByteView content = bytes.first(bytes.size() - kDigestBytes);
    return std::ranges::equal(java_digest(content, password), bytes.last(kDigestBytes));
}

// Without a password the store may still have an empty one.
std::optional<LoadError> check_digest(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
) {
    if (digest_matches(bytes, password ? password->reveal() : "")) return std::nullopt;
    if (!password) {
        LoadError error{LoadErrorCode::password_needed, where, ""};
        error.cause = where +
                      " is a Java key store, and no password is given with which to tell whether "
                      "it was changed (that of the trust stores which come with Java is changeit)";
        return error;
    }
    return store_not_opened(*password, where);
}

LoadResult<std::vector<X509Handle>> parse_certificates(
    const RawEntry& entry, std::uint32_t version, const std::string& where
) {
    std::vector<X509Handle> certificates;
    ByteReader reader{entry.certificates};
    for (std::uint32_t i = 1; i <= entry.chain_length; ++i) {
        const ByteView der = walk_certificate(reader, version);
        const unsigned char* data = der.data();
        X509Handle certificate{d2i_X509(nullptr, &data, static_cast<long>(der.size()))};
        if (!certificate) {
            return malformed(
                where_of(where, entry.alias()),
                "certificate " + std::to_string(i) + ": " + drain_openssl_errors()
            );
        }
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

std::optional<LoadError> add_entry(
    const RawEntry& entry, std::uint32_t version, const std::string& where, KeyStoreEntries& entries
) {
    if (entry.tag == kSecretKey) {
        entries.notes.push_back(
            "alias " + printable(entry.alias()) + " is a secret key, which no identity can use"
        );
        entries.left_out.push_back(entries.notes.back());
        return std::nullopt;
    }
    LoadResult<std::vector<X509Handle>> certificates = parse_certificates(entry, version, where);
    if (!certificates) return certificates.error();
    if (entry.tag == kTrustedCertificate) {
        entries.trusted.push_back({entry.alias(), std::move(certificates->front()), entry.created});
        return std::nullopt;
    }
    SealedKey key{
        SealedKey::Form::pkcs8_encrypted,
        {entry.sealed_key.begin(), entry.sealed_key.end()},
    };
    entries.keys.push_back({entry.alias(), std::move(key), std::move(*certificates), entry.created}
    );
    return std::nullopt;
}

}  // namespace

JavaDigest java_digest(ByteView content, std::string_view password) {
    const SecretBytes secret = java_password(password);
    JavaDigest digest;
    const DigestContextHandle context{EVP_MD_CTX_new()};
    EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr);
    EVP_DigestUpdate(context.get(), secret.data(), secret.size());
    EVP_DigestUpdate(context.get(), kDigestSalt.data(), kDigestSalt.size());
    EVP_DigestUpdate(context.get(), content.data(), content.size());
    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
    return digest;
}

bool is_java_key_store(ByteView bytes) {
    ByteReader reader{bytes};
    const std::uint32_t magic = reader.u32();
    return magic == kJksMagic || magic == kJceksMagic;
}

LoadResult<KeyStoreEntries> read_java_key_store(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
) {
    // Lengths first, then the digest: not a byte is believed before, and none is kept.
    const auto only_walk = [](const RawEntry&, std::uint32_t) {
        return std::optional<LoadError>{};
    };
    if (auto error = walk(bytes, where, only_walk)) return *error;
    if (auto error = check_digest(bytes, password, where)) return *error;

    KeyStoreEntries entries;
    entries.found = KeyStoreFormat::java_key_store;
    entries.container = ByteReader{bytes}.u32() == kJksMagic ? "JKS" : "JCEKS";
    const auto add = [&](const RawEntry& entry, std::uint32_t version) {
        return add_entry(entry, version, where, entries);
    };
    if (auto error = walk(bytes, where, add)) return *error;
    return entries;
}

}  // namespace countersign::certs
