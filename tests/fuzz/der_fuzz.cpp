#include <cstdint>

#include "certs/certificate_bundle.hpp"
#include "certs/key_store.hpp"
#include "tests/fuzz/key_material.hpp"
#include "tests/fuzz/memory_bound.hpp"
#include "tests/fuzz/require.hpp"

// Certificates in DER, one or many, PKCS#7 bundles and lone keys. The other containers have
// targets of their own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace countersign;
    const fuzz::MemoryBound bound{size};
    const certs::SecretBytes bytes{data, data + size};
    if (certs::recognise(certs::as_text(bytes))) return -1;
    auto entries = certs::read_entries(bytes, fuzz::password(), "acme.der");
    const auto certificates = certs::read_certificates(bytes, fuzz::password(), "acme.der");
    fuzz::require(
        certificates.has_value() == (entries && !entries->loose.empty()),
        "a bundle is what the entries are"
    );
    fuzz::check_entries(std::move(entries));
    fuzz::check_draft(bytes, fuzz::password());
    return 0;
}
