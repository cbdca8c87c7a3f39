#include <cstdint>

#include "certs/pem.hpp"
#include "tests/fuzz/key_material.hpp"
#include "tests/fuzz/memory_bound.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace countersign;
    const fuzz::MemoryBound bound{size};
    const certs::SecretBytes text{data, data + size};
    if (!certs::is_pem(text)) return -1;
    fuzz::check_draft(text, fuzz::password());
    auto content = certs::read_pem(text, "acme.pem");
    if (!content) {
        fuzz::check_entries(content.error());
        return 0;
    }
    fuzz::check_text(content->describe());
    certs::KeyStoreEntries entries;
    entries.loose = std::move(content->certificates);
    for (certs::SealedKey& key : content->keys) entries.keys.push_back({{}, std::move(key), {}});
    fuzz::check_entries(std::move(entries));
    return 0;
}
