#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "certs/java/java_key_store.hpp"
#include "certs/java/key_protector.hpp"
#include "tests/fuzz/key_material.hpp"
#include "tests/fuzz/memory_bound.hpp"

namespace countersign::fuzz {
namespace {

constexpr std::size_t kDigestBytes = 20;

// The digest stops every change: with it made to fit, what lies behind it is reached too.
void make_digest_fit(certs::SecretBytes& store) {
    constexpr std::string_view kSalt = "Mighty Aphrodite";
    certs::SecretBytes text = certs::java_password(password()->reveal());
    text.insert(text.end(), kSalt.begin(), kSalt.end());
    text.insert(text.end(), store.begin(), store.end() - kDigestBytes);
    unsigned int length = 0;
    EVP_Digest(
        text.data(), text.size(), store.data() + store.size() - kDigestBytes, &length, EVP_sha1(),
        nullptr
    );
}

}  // namespace
}  // namespace countersign::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace countersign;
    const fuzz::MemoryBound bound{size};
    certs::SecretBytes store{data, data + size};
    if (!certs::is_java_key_store(store)) return -1;
    fuzz::check_entries(certs::read_java_key_store(store, fuzz::password(), "acme.jks"));
    if (size < fuzz::kDigestBytes) return 0;
    fuzz::make_digest_fit(store);
    fuzz::check_entries(certs::read_java_key_store(store, fuzz::password(), "acme.jks"));
    fuzz::check_draft(store, fuzz::password());
    return 0;
}
