#include "certs/text/word.hpp"

#include <gtest/gtest.h>

namespace countersign::certs {
namespace {

enum class Fruit { apple, pear, none };
constexpr Word<Fruit> kFruits[] = {{"apple", Fruit::apple}, {"pear", Fruit::pear}};

TEST(Word, OfAMeaningIsFound) {
    EXPECT_EQ(word_for(kFruits, Fruit::apple), "apple");
    EXPECT_EQ(word_for(kFruits, Fruit::pear), "pear");
    EXPECT_EQ(word_for(kFruits, Fruit::none), "?");
}

}  // namespace
}  // namespace countersign::certs
