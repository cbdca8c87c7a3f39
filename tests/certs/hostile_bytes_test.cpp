#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "certs/identity_loader.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::LoadedIdentity;
using certs::LoadErrorCode;
using certs::LoadResult;

struct Store {
    const char* name;
    const char* file;

    friend void PrintTo(const Store& store, std::ostream* out) { *out << store.file; }
};

/// Whole stores, cut and changed at every byte, taken through all that `load_identity` does.
class HostileBytes : public testing::TestWithParam<Store> {
protected:
    LoadResult<LoadedIdentity> load(std::string_view bytes) const {
        const certs::KeyStoreSource source = source_of(GetParam().file);
        return certs::IdentityLoader{source}.load(certs::as_bytes(bytes));
    }

    const std::string whole_ = read_bytes(data(GetParam().file));
    const std::string reference_ = fingerprint_of(load(whole_).value().identity);
};

TEST_P(HostileBytes, GiveNoIdentityWhereverTheyAreCutShort) {
    // The last byte of a PEM text is a line end that may be missing.
    const std::size_t longest = whole_.back() == '\n' ? whole_.size() - 1 : whole_.size();
    for (std::size_t length = 0; length < longest; ++length) {
        const LoadResult<LoadedIdentity> loaded = load(whole_.substr(0, length));

        ASSERT_FALSE(loaded) << "cut at " << length;
        const LoadErrorCode code = loaded.error().code;
        ASSERT_TRUE(
            code == LoadErrorCode::malformed || code == LoadErrorCode::not_recognised ||
            // PEM that ends between two blocks is whole as far as it goes.
            code == LoadErrorCode::no_private_key || code == LoadErrorCode::key_mismatch
        ) << "cut at "
          << length << ": " << loaded.error().message();
    }
}

TEST_P(HostileBytes, GiveTheSameIdentityOrNoneWhereverABitIsChanged) {
    const bool sealed = std::string_view{GetParam().file} != "client.pem";
    const LoadedIdentity whole = load(whole_).value();
    for (std::size_t i = 0; i < whole_.size(); ++i) {
        std::string changed = whole_;
        changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));

        const LoadResult<LoadedIdentity> loaded = load(changed);

        // PEM has no digest: a changed certificate is for its reader to refuse, but the key must be
        // the one it was.
        if (loaded && sealed) {
            ASSERT_EQ(fingerprint_of(loaded->identity), reference_) << "at " << i;
        } else if (loaded) {
            ASSERT_EQ(EVP_PKEY_eq(loaded->identity.key(), whole.identity.key()), 1) << "at " << i;
        }
    }
}

TEST_P(HostileBytes, MayHaveAnythingAfterThem) {
    const LoadResult<LoadedIdentity> loaded = load(whole_ + std::string(4096, '\xff'));

    if (loaded) {
        EXPECT_EQ(fingerprint_of(loaded->identity), reference_);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Containers, HostileBytes,
    testing::Values(
        Store{"Jks", "client.jks"}, Store{"Jceks", "client.jceks"}, Store{"Pkcs12", "modern.p12"},
        Store{"Pkcs12OfJava", "java.p12"}, Store{"Pkcs12WithPbmac1", "pbmac1.p12"},
        Store{"Pkcs12WithRc2", "legacy.p12"}, Store{"Pem", "client.pem"}
    ),
    [](const auto& test) { return test.param.name; }
);

}  // namespace
}  // namespace countersign::tests
