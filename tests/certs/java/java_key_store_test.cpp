#include "certs/java/java_key_store.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <cstdint>

#include "certs/certificate.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using namespace std::string_view_literals;
using certs::as_bytes;
using certs::KeyStoreEntries;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::read_java_key_store;

constexpr std::uint32_t kJks = 0xfeedfeed;
constexpr std::uint32_t kJceks = 0xcececece;

/// Writes what no Java would: piece by piece, with a digest that fits.
class StoreWriter {
public:
    StoreWriter(std::uint32_t magic, std::uint32_t version, std::uint32_t count) {
        u32(magic).u32(version).u32(count);
    }

    StoreWriter& u32(std::uint32_t number) {
        for (const int shift : {24, 16, 8, 0}) bytes_ += static_cast<char>(number >> shift);
        return *this;
    }
    StoreWriter& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }
    StoreWriter& utf(std::string_view text) {
        bytes_ += static_cast<char>(text.size() >> 8);
        bytes_ += static_cast<char>(text.size());
        return raw(text);
    }
    StoreWriter& entry(std::uint32_t tag, std::string_view alias) {
        return u32(tag).utf(alias).raw("\0\0\0\0\0\0\0\0"sv);
    }
    StoreWriter& counted(std::string_view bytes) {
        return u32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
    }
    std::string signed_with(std::string_view ascii_password) const {
        std::string input;
        for (const char c : ascii_password) input += {'\0', c};
        input.append("Mighty Aphrodite").append(bytes_);
        unsigned char digest[SHA_DIGEST_LENGTH];
        SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest);
        return bytes_ + std::string{reinterpret_cast<char*>(digest), sizeof digest};
    }

private:
    std::string bytes_;
};

LoadResult<KeyStoreEntries> read(std::string_view bytes) {
    return read_java_key_store(as_bytes(bytes), secret(kPassword), "acme.jks");
}

LoadErrorCode code_for(const StoreWriter& writer) {
    const LoadResult<KeyStoreEntries> entries = read(writer.signed_with(kPassword));
    if (entries) throw std::runtime_error{"it was read"};
    return entries.error().code;
}

TEST(ReadJavaKeyStore, GivesKeysAndTrustedCertificatesUnderTheirAliases) {
    for (const char* file : {"several.jks", "several.jceks"}) {
        const KeyStoreEntries entries = read(read_bytes(data(file))).value();

        ASSERT_EQ(entries.keys.size(), 2u) << file;
        for (const certs::KeyEntry& key : entries.keys)
            EXPECT_EQ(key.certificates.size(), 3u) << key.alias;
        ASSERT_EQ(entries.trusted.size(), 1u);
        EXPECT_EQ(entries.trusted[0].alias, "partner");
        EXPECT_EQ(certs::subject_of(entries.trusted[0].certificate.get()), "CN=Test Root");
    }
}

TEST(ReadJavaKeyStore, ReadsVersionOneWhichNamesNoCertificateType) {
    const std::string der = Ca::root("Root").certificate_der();

    const KeyStoreEntries entries =
        read(StoreWriter{kJks, 1, 1}.entry(2, "old").counted(der).signed_with(kPassword)).value();

    ASSERT_EQ(entries.trusted.size(), 1u);
    EXPECT_EQ(certs::subject_of(entries.trusted[0].certificate.get()), "CN=Root");
}

TEST(ReadJavaKeyStore, TriesTheEmptyPasswordWhereNoneIsGiven) {
    const std::string empty = StoreWriter{kJks, 2, 0}.signed_with("");
    const std::string sealed = StoreWriter{kJks, 2, 0}.signed_with(kPassword);

    EXPECT_TRUE(read_java_key_store(as_bytes(empty), std::nullopt, "acme.jks"));
    EXPECT_EQ(
        read_java_key_store(as_bytes(sealed), std::nullopt, "acme.jks").error().code,
        LoadErrorCode::password_needed
    );
}

TEST(ReadJavaKeyStore, ComparesTheDigestBeforeItParsesACertificate) {
    const std::string garbage = StoreWriter{kJks, 2, 1}
                                    .entry(2, "x")
                                    .utf("X.509")
                                    .counted("no certificate")
                                    .signed_with("other");

    EXPECT_EQ(read(garbage).error().code, LoadErrorCode::wrong_password);
}

TEST(ReadJavaKeyStore, RefusesLengthsAndCountsThatLie) {
    constexpr std::uint32_t kHuge = 0xffffffff;
    const std::string deep = [] {
        std::string bytes{"\xac\xed\0\x05\x73"sv};
        // A class whose superclass has a superclass …
        for (int i = 0; i < 100'000; ++i) bytes += "\x72\0\x01X\0\0\0\0\0\0\0\0\x02\0\0\x78"sv;
        return bytes;
    }();
    const struct {
        const char* name;
        StoreWriter writer;
        LoadErrorCode code;
    } kStores[] = {
        {"entries", StoreWriter{kJks, 2, kHuge}, LoadErrorCode::malformed},
        {"fewer entries", StoreWriter{kJks, 2, 0}.entry(2, "x"), LoadErrorCode::malformed},
        {"key", StoreWriter{kJks, 2, 1}.entry(1, "x").u32(kHuge), LoadErrorCode::malformed},
        {"chain", StoreWriter{kJks, 2, 1}.entry(1, "x").counted("k").u32(kHuge),
         LoadErrorCode::malformed},
        {"certificate", StoreWriter{kJks, 2, 1}.entry(2, "x").utf("X.509").u32(kHuge),
         LoadErrorCode::malformed},
        {"alias", StoreWriter{kJks, 2, 1}.u32(2).raw("\xff\xff"), LoadErrorCode::malformed},
        {"no certificate", StoreWriter{kJks, 2, 1}.entry(2, "x").utf("X.509").counted(""),
         LoadErrorCode::malformed},
        {"unknown tag", StoreWriter{kJks, 2, 1}.entry(9, "x"), LoadErrorCode::malformed},
        {"unknown version", StoreWriter{kJks, 3, 0}, LoadErrorCode::unsupported},
        {"no object", StoreWriter{kJceks, 2, 1}.entry(3, "x").raw("\xac\xed\0\x05\x42"sv),
         LoadErrorCode::malformed},
        {"deep object", StoreWriter{kJceks, 2, 1}.entry(3, "x").raw(deep),
         LoadErrorCode::malformed},
    };
    for (const auto& [name, writer, code] : kStores) EXPECT_EQ(code_for(writer), code) << name;
}

TEST(ReadJavaKeyStore, MakesAnAliasHarmlessInMessages) {
    const std::string bytes = StoreWriter{kJks, 2, 1}
                                  .entry(2, "x\nlevel=error")
                                  .utf("X.509")
                                  .counted("no certificate")
                                  .signed_with(kPassword);

    const LoadResult<KeyStoreEntries> entries = read(bytes);

    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().message().find('\n'), std::string::npos);
    EXPECT_NE(entries.error().where.find("alias x\\x0alevel=error"), std::string::npos);
}

}  // namespace
}  // namespace countersign::tests
