#include <gtest/gtest.h>

#include "certs/certificate.hpp"
#include "certs/key_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::KeyStoreEntries;
using certs::LoadResult;

/// All that the entries say, in one text.
std::string text_of(const KeyStoreEntries& entries) {
    std::string text{entries.container};
    for (const certs::KeyEntry& key : entries.keys) {
        text.append("\nkey ").append(key.alias).append(" ");
        text.append(key.key.der.begin(), key.key.der.end());
        for (const certs::X509Handle& certificate : key.certificates) {
            text.append(" ").append(certs::fingerprint_of(certificate.get()));
        }
    }
    for (const certs::TrustedEntry& trusted : entries.trusted) {
        text.append("\ntrusted ").append(trusted.alias).append(" ");
        text.append(certs::fingerprint_of(trusted.certificate.get()));
    }
    for (const std::string& note : entries.notes) text.append("\n").append(note);
    return text;
}

struct Store {
    const char* name;
    const char* file;

    friend void PrintTo(const Store& store, std::ostream* out) { *out << store.file; }
};

class ChangedJavaKeyStore : public testing::TestWithParam<Store> {};

// The digest is Java's and covers all but itself.
TEST_P(ChangedJavaKeyStore, IsRefusedOrYieldsTheSameEntries) {
    std::string bytes = read_bytes(data(GetParam().file));
    const auto read = [&] {
        return certs::read_entries(certs::as_bytes(bytes), secret(kPassword), "acme.jks");
    };
    const std::string reference = text_of(read().value());
    std::size_t refused = 0;
    std::size_t tried = 0;
    for (char& byte : bytes) {
        const char before = byte;
        for (int change = 1; change < 256; ++change) {
            byte = static_cast<char>(before ^ change);
            const LoadResult<KeyStoreEntries> entries = read();

            ++tried;
            if (entries) {
                ASSERT_EQ(text_of(*entries), reference) << "at " << &byte - bytes.data();
            } else {
                ++refused;
            }
        }
        byte = before;
    }
    EXPECT_EQ(refused, tried) << "a byte that the digest does not cover";
}

INSTANTIATE_TEST_SUITE_P(
    Stores, ChangedJavaKeyStore,
    testing::Values(
        Store{"Jks", "client.jks"}, Store{"Trusted", "trusted.jks"}, Store{"Jceks", "client.jceks"},
        Store{"Several", "several.jks"}
    ),
    [](const auto& test) { return test.param.name; }
);

}  // namespace
}  // namespace countersign::tests
