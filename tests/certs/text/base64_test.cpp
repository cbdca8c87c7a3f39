#include "certs/text/base64.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <string>

namespace countersign::certs {
namespace {

std::optional<std::string> decoded(std::string_view text) {
    std::array<char, 6> bytes{};
    const auto size = decode_base64(text, bytes);
    return size ? std::optional{std::string{bytes.data(), *size}} : std::nullopt;
}

TEST(Base64, GivesTheBytes) {
    // RFC 4648 10.
    EXPECT_EQ(decoded(""), "");
    EXPECT_EQ(decoded("Zg=="), "f");
    EXPECT_EQ(decoded("Zm8="), "fo");
    EXPECT_EQ(decoded("Zm9v"), "foo");
    EXPECT_EQ(decoded("Zm9vYg=="), "foob");
    EXPECT_EQ(decoded("Zm9vYmE="), "fooba");
    EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
}

TEST(Base64, TakesOneSpellingOnly) {
    const struct {
        const char* name;
        std::string_view text;
    } kTexts[] = {
        {"not padded", "Zg"},
        {"padded by half", "Zg="},
        {"padded too much", "Zm9v===="},
        {"padding alone", "===="},
        {"padding in the middle", "Zg==Zg=="},
        {"bits left over in one byte", "Zh=="},
        {"bits left over in two bytes", "Zm9="},
        {"one digit", "Z==="},
        {"a blank", "Zm9 "},
        {"a line end", "Zm9v\n"},
        {"the alphabet of URLs", "Zm-_"},
        {"no ASCII", "Zm9\xfc"},
        {"more than fits", "Zm9vYmFyZm9v"},
    };
    for (const auto& [name, text] : kTexts) EXPECT_EQ(decoded(text), std::nullopt) << name;
}

TEST(Base64, ReadsWhatOpensslWrites) {
    std::array<unsigned char, 256> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        std::array<unsigned char, 512> text{};
        const int length = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(size));
        std::array<unsigned char, 256> read{};

        const auto found = decode_base64(
            {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)}, read
        );

        ASSERT_EQ(found, size);
        EXPECT_TRUE(std::equal(read.begin(), read.begin() + size, bytes.begin()));
    }
}

}  // namespace
}  // namespace countersign::certs
