#include "certs/password_oddity.hpp"

#include <gtest/gtest.h>

#include "certs/java/java_key_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::LoadErrorCode;
using certs::oddity_of;

/// What stands around the right password, and what is said of it.
struct Oddity {
    const char* name;
    std::string_view password;
    std::string_view says;
};

constexpr Oddity kOddities[] = {
    {"none", "Xq7Zk", ""},
    {"a blank inside", "two words", ""},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "changeit",
     "; the password begins with a byte order mark"},
    {"a mark alone", "\xef\xbb\xbf", "; the password begins with a byte order mark"},
    {"a blank in front", " changeit", "; the password begins with a blank"},
    {"a blank behind", "changeit ", "; the password ends with a blank"},
    {"a tabulator behind", "changeit\t", "; the password ends with a blank"},
    {"a carriage return", "changeit\r", "; the password ends with a carriage return"},
    {"a second line end", "changeit\n",
     "; the password ends with a line end (of a file, one is taken off)"},
    {"beyond ASCII", "\xc3\xa4nderung",
     "; the password has characters beyond ASCII, which programs encode differently"},
    {"Latin-1", "\xe4nderung", "; the password is not UTF-8, which is expected"},
    {"a mark and a blank",
     "\xef\xbb\xbf"
     "changeit ",
     "; the password begins with a byte order mark; the password ends with a blank"},
};

TEST(OddityOf, SaysWhatSeldomBelongsInAPassword) {
    for (const auto& [name, password, says] : kOddities) {
        EXPECT_EQ(oddity_of(password), says) << name;
    }
    EXPECT_EQ(oddity_of(""), "");
}

TEST(OddityOf, IsToldOfEachContainerThatThePasswordDoesNotOpen) {
    for (const char* const file :
         {"client.jks", "client.jceks", "modern.p12", "legacy.p12", "pbmac1.p12", "java.p12"}) {
        for (const auto& [name, password, says] : kOddities) {
            const certs::KeyStoreSource source = source_of(data(file), password);

            const auto loaded = certs::load_identity(source);

            ASSERT_EQ(code_of(loaded), LoadErrorCode::wrong_password) << file << ", " << name;
            const std::string message = loaded.error().message();
            EXPECT_NE(message.find(std::string{says} + ". "), message.npos) << file << message;
            EXPECT_EQ(message.find(password), message.npos) << "tells the password: " << message;
        }
    }
}

TEST(OddityOf, IsToldOfEachKeyThatThePasswordDoesNotOpen) {
    for (const char* const file :
         {"pkcs8-encrypted.key", "pkcs8-scrypt.key", "pkcs8-md5-des.key", "sec1-encrypted.key",
          "sec1-3des.key", "sec1-des.key"}) {
        for (const auto& [name, password, says] : kOddities) {
            certs::KeyStoreSource source = source_of(data("client.pem"), password);
            source.key_file = data(file);

            const auto loaded = certs::load_identity(source);

            ASSERT_EQ(code_of(loaded), LoadErrorCode::wrong_password) << file << ", " << name;
            const std::string message = loaded.error().message();
            EXPECT_NE(message.find(std::string{says} + ". "), message.npos) << file << message;
        }
    }
    for (const char* const file : {"client.jks", "client.jceks", "modern.p12"}) {
        for (const auto& [name, password, says] : kOddities) {
            const certs::LoadResult<certs::KeyStoreEntries> entries = certs::read_entries(
                certs::as_bytes(read_bytes(data(file))), secret(kPassword), file
            );
            ASSERT_TRUE(entries && entries->keys.size() == 1) << file;

            const auto key = certs::open_key(entries->keys.front().key, secret(password), file);

            ASSERT_FALSE(key) << file << ", " << name;
            EXPECT_TRUE(key.error().detail.ends_with(says)) << file << key.error().detail;
        }
    }
}

}  // namespace
}  // namespace countersign::tests
