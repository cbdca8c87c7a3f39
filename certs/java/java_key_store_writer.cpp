#include "certs/java/java_key_store_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "certs/der_bytes.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/java/java_key_store.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

constexpr std::uint32_t kVersion = 2;
constexpr std::string_view kCertificateType = "X.509";

class Writer {
public:
    void u16(std::size_t number) { put(number, 2); }
    void u32(std::size_t number) { put(number, 4); }
    void time(std::chrono::milliseconds since_1970) {
        put(static_cast<std::uint64_t>(since_1970.count()), 8);
    }
    void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void utf(std::string_view text) {
        u16(text.size());
        raw(as_bytes(text));
    }
    void counted(ByteView bytes) {
        u32(bytes.size());
        raw(bytes);
    }
    void certificate(const X509Handle& certificate) {
        utf(kCertificateType);
        counted(der_of(certificate.get(), i2d_X509));
    }
    SecretBytes take() { return std::move(bytes_); }
    const SecretBytes& bytes() const { return bytes_; }

private:
    void put(std::uint64_t number, int width) {
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
            bytes_.push_back(static_cast<unsigned char>(number >> shift));
        }
    }

    SecretBytes bytes_;
};

std::optional<EditError> write_head(
    Writer& out, Tag tag, const std::string& alias, const std::vector<std::string>& lower_case,
    std::chrono::milliseconds created
) {
    // Two that differ by case alone stay two: one of them would hide the other.
    const bool alone = std::ranges::count(lower_case, java_alias(alias)) == 1;
    const std::string name = java_utf(alone ? java_alias(alias) : alias);
    if (name.size() > std::numeric_limits<std::uint16_t>::max()) {
        return EditError{
            "the alias '" + printable(alias.substr(0, 32)) +
            "…' is longer than 65535 bytes, which JKS cannot keep. Choose a shorter one."};
    }
    out.u32(tag);
    out.utf(name);
    out.time(created);
    return std::nullopt;
}

}  // namespace

EditResult<SecretBytes> write_java_key_store(
    const KeyStoreEntries& entries, Container container, const Secret& password,
    std::chrono::milliseconds now
) {
    std::vector<std::string> lower_case;
    for (const KeyEntry& entry : entries.keys) lower_case.push_back(java_alias(entry.alias));
    for (const TrustedEntry& entry : entries.trusted) lower_case.push_back(java_alias(entry.alias));
    Writer out;
    out.u32(container == Container::jceks ? kJceksMagic : kJksMagic);
    out.u32(kVersion);
    out.u32(entries.keys.size() + entries.trusted.size());
    for (const KeyEntry& entry : entries.keys) {
        if (auto error = write_head(
                out, kPrivateKey, entry.alias, lower_case, entry.created.value_or(now)
            )) {
            return *error;
        }
        out.counted(entry.key.der);
        out.u32(entry.certificates.size());
        for (const X509Handle& certificate : entry.certificates) out.certificate(certificate);
    }
    for (const TrustedEntry& entry : entries.trusted) {
        if (auto error = write_head(
                out, kTrustedCertificate, entry.alias, lower_case, entry.created.value_or(now)
            )) {
            return *error;
        }
        out.certificate(entry.certificate);
    }
    out.raw(java_digest(out.bytes(), password.reveal()));
    return out.take();
}

}  // namespace countersign::certs
