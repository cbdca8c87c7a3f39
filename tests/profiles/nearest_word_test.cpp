#include "profiles/nearest_word.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace countersign::profiles
