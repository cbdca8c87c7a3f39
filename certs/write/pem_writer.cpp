#include "certs/write/pem_writer.hpp"

#include "certs/write/pem_block.hpp"
#include "certs/write/pem_rewrite.hpp"

namespace countersign::certs {
namespace {

std::optional<EditError> append(SecretBytes& out, EditResult<SecretBytes> block) {
    if (!block) return block.error();
    out.insert(out.end(), block->begin(), block->end());
    return std::nullopt;
}

}  // namespace

EditResult<SecretBytes> write_pem(const std::vector<X509Handle>& certificates) {
    SecretBytes out;
    for (const X509Handle& certificate : certificates) {
        if (auto error = append(out, pem_block_of(certificate.get()))) return *error;
    }
    return out;
}

EditResult<SecretBytes> write_pem(const KeyStoreEntries& entries) {
    if (!entries.carried.pem.empty()) return rewrite_pem(entries);
    SecretBytes out;
    for (const KeyEntry& entry : entries.keys) {
        if (auto error = append(out, pem_block_of(entry.key))) return *error;
        if (auto error = append(out, write_pem(entry.certificates))) return *error;
    }
    if (auto error = append(out, write_pem(entries.loose))) return *error;
    for (const TrustedEntry& entry : entries.trusted) {
        if (auto error = append(out, pem_block_of(entry.certificate.get()))) return *error;
    }
    return out;
}

}  // namespace countersign::certs
