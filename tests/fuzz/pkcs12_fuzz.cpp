#include <cstdint>

#include "certs/pkcs12.hpp"
#include "tests/fuzz/key_material.hpp"
#include "tests/fuzz/memory_bound.hpp"

// A file without MAC is read as well as one with: half of the corpus has none, so that a change
// gets as far as the bags.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace countersign;
    const fuzz::MemoryBound bound{size};
    const certs::SecretBytes store{data, data + size};
    if (!certs::is_pkcs12(store)) return -1;
    fuzz::check_entries(certs::read_pkcs12(store, fuzz::password(), "acme.p12"));
    fuzz::check_entries(certs::read_pkcs12(store, std::nullopt, "acme.p12"));
    fuzz::check_draft(store, std::nullopt);
    return 0;
}
