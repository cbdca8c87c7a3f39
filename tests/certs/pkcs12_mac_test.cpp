#include "certs/pkcs12_mac.hpp"

#include <gtest/gtest.h>

#include "certs/pkcs12.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::KeyStoreEntries;
using certs::LoadErrorCode;
using certs::LoadResult;

LoadResult<KeyStoreEntries> read(
    std::string_view bytes, std::optional<certs::Secret> password = secret(kPassword)
) {
    return certs::read_pkcs12(certs::as_bytes(bytes), password, "acme.p12");
}

std::string replaced(std::string bytes, std::string_view from, std::string_view to) {
    const std::size_t at = bytes.rfind(from);
    if (at == bytes.npos) throw std::runtime_error{"not there"};
    return bytes.replace(at, from.size(), to);
}

TEST(Pbmac1, OpensUnderItsPassword) {
    const struct {
        const char* file;
        std::optional<certs::Secret> password;
    } kFiles[] = {
        {"pbmac1.p12", secret(kPassword)},
        {"pbmac1-unicode.p12", secret("pässwörd€")},
        {"pbmac1-empty-password.p12", secret("")},
        {"pbmac1-empty-password.p12", std::nullopt},
    };
    for (const auto& [file, password] : kFiles) {
        const LoadResult<KeyStoreEntries> entries = read(read_bytes(data(file)), password);

        ASSERT_TRUE(entries) << file << ": " << entries.error().message();
        EXPECT_EQ(entries->keys.at(0).alias, "mydomain") << file;
        EXPECT_EQ(entries->loose.size(), 2u) << file;
    }
}

TEST(Pbmac1, RefusesAnotherPassword) {
    const std::string store = read_bytes(data("pbmac1.p12"));

    EXPECT_EQ(read(store, secret("changeis")).error().code, LoadErrorCode::wrong_password);
    EXPECT_EQ(read(store, secret("")).error().code, LoadErrorCode::wrong_password);
    EXPECT_EQ(read(store, std::nullopt).error().code, LoadErrorCode::password_needed);
}

TEST(Pbmac1, RefusesAFileThatWasChanged) {
    const std::string store = read_bytes(data("pbmac1.p12"));
    std::string changed = store;
    changed[store.size() / 2] = static_cast<char>(changed[store.size() / 2] ^ 1);

    EXPECT_EQ(read(changed).error().code, LoadErrorCode::wrong_password);
}

// Salt, iterations, length of the key: 04 08 …, 02 02 08 00, 02 01 20.
TEST(Pbmac1, RefusesParametersThatCannotBe) {
    const std::string store = read_bytes(data("pbmac1.p12"));
    const std::string_view iterations("\x02\x02\x08\x00", 4);
    const std::string_view prf("\x86\xf7\x0d\x02\x09\x05\x00\x30", 8);
    const struct {
        const char* name;
        std::string bytes;
        LoadErrorCode code;
    } kStores[] = {
        {"no key", replaced(store, "\x02\x01\x20", std::string_view("\x02\x01\x00", 3)),
         LoadErrorCode::malformed},
        {"a key of minus one", replaced(store, "\x02\x01\x20", "\x02\x01\xff"),
         LoadErrorCode::malformed},
        {"a key too long", replaced(store, "\x02\x01\x20", "\x02\x01\x41"),
         LoadErrorCode::malformed},
        {"no length of the key", replaced(store, "\x02\x01\x20", "\x04\x01\x20"),
         LoadErrorCode::malformed},
        {"another key", replaced(store, "\x02\x01\x20", "\x02\x01\x21"),
         LoadErrorCode::wrong_password},
        {"no iterations", replaced(store, iterations, std::string_view("\x02\x02\x00\x00", 4)),
         LoadErrorCode::malformed},
        {"negative iterations",
         replaced(store, iterations, std::string_view("\x02\x02\x80\x00", 4)),
         LoadErrorCode::unsupported},
        {"unknown function",
         replaced(store, prf, std::string_view("\x86\xf7\x0d\x02\x3f\x05\x00\x30", 8)),
         LoadErrorCode::unsupported},
    };
    for (const auto& [name, bytes, code] : kStores) {
        const LoadResult<KeyStoreEntries> entries = read(bytes);

        ASSERT_FALSE(entries) << name;
        EXPECT_EQ(entries.error().code, code) << name << ": " << entries.error().message();
    }
}

}  // namespace
}  // namespace countersign::tests
