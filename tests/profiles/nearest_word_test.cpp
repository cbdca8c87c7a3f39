#include "profiles/nearest_word.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace countersign::profiles {
namespace {

const std::vector<std::string_view> kKnown{"hosts", "ports", "key_store", "trust", "timeouts"};

TEST(NearestWord, IsTheOneWithTheFewestSlips) {
    EXPECT_EQ(nearest_word("hots", kKnown), "hosts");
    EXPECT_EQ(nearest_word("host", kKnown), "hosts");
    EXPECT_EQ(nearest_word("hostss", kKnown), "hosts");
    EXPECT_EQ(nearest_word("hsots", kKnown), "hosts");
    EXPECT_EQ(nearest_word("keystore", kKnown), "key_store");
    EXPECT_EQ(nearest_word("key-store", kKnown), "key_store");
    EXPECT_EQ(nearest_word("timeout", kKnown), "timeouts");
}

TEST(NearestWord, IsNoneWhereMoreThanAThirdOfTheLettersDiffer) {
    EXPECT_EQ(nearest_word("password", kKnown), "");
    EXPECT_EQ(nearest_word("x", kKnown), "");
    EXPECT_EQ(nearest_word("", kKnown), "");
    EXPECT_EQ(nearest_word(std::string(100'000, 'h'), kKnown), "");
    EXPECT_EQ(nearest_word("hosts", {}), "");
}

TEST(TypingSlips, AreCountedUpToTheMostThatIsAskedFor) {
    EXPECT_EQ(typing_slips("hosts", "hosts", 0), 0U);
    EXPECT_EQ(typing_slips("hosts", "hotss", 1), 1U) << "two letters swapped";
    EXPECT_EQ(typing_slips("api.partner.example", "api.parnter.exmaple", 2), 2U);
    EXPECT_EQ(typing_slips("api.partner.example", "api.parnter.exmaple", 1), std::nullopt);
    EXPECT_EQ(typing_slips("bca", "", 3), 3U);
    EXPECT_EQ(typing_slips("", "bca", 2), std::nullopt);
    EXPECT_EQ(typing_slips("b", "", 3), 1U);
    EXPECT_EQ(typing_slips(std::string(65, 'h'), std::string(65, 'h'), 5), std::nullopt);
}

/// By its definition, without a shortcut.
std::size_t slowly(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.size() + b.size();
    const std::string_view x = a.substr(1);
    const std::string_view y = b.substr(1);
    std::size_t least = std::min({slowly(x, b) + 1, slowly(a, y) + 1});
    least = std::min(least, slowly(x, y) + (a[0] == b[0] ? 0 : 1));
    const bool swapped = a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0];
    return swapped ? std::min(least, slowly(a.substr(2), b.substr(2)) + 1) : least;
}

TEST(TypingSlips, AreThoseOfTheSlowWay) {
    std::vector<std::string> words{""};
    for (std::size_t at = 0; words[at].size() < 4; ++at) {
        for (const char c : {'a', 'b', 'c'}) words.push_back(words[at] + c);
    }
    for (const std::string& a : words) {
        for (const std::string& b : words) {
            const std::size_t slips = slowly(a, b);
            for (std::size_t most = 0; most < 5; ++most) {
                const auto found = typing_slips(a, b, most);
                ASSERT_EQ(found, slips <= most ? std::optional{slips} : std::nullopt)
                    << a << " and " << b << ", at most " << most;
            }
        }
    }
}

}  // namespace
}  // namespace countersign::profiles
