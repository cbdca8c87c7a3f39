#include "certs/password_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::certs {
namespace {

// Made by Python's hashlib.scrypt.
constexpr std::string_view kPython =
    "$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE";
constexpr std::string_view kLonger =
    "$scrypt$ln=14,r=8,p=1$TmFDbDEyMzQ$lqtJQjfdyMDLOK38mi/yzpP5NuCGdAdVDqZ9d5ugYbnCSMGI2qAfQUATy9mz"
    "hxvtb+j7QhJCabzsV/fvyaNDrg";

TEST(PasswordHash, IsReadAsOthersWriteIt) {
    const auto hash = PasswordHash::parse(kPython);
    ASSERT_TRUE(hash) << hash.error();
    EXPECT_EQ(hash->matches("correct horse battery"), true);
    EXPECT_EQ(hash->matches("correct horse batterz"), false);
    EXPECT_EQ(hash->matches(""), false);
    EXPECT_EQ(hash->text(), kPython);
    EXPECT_EQ(hash->cost(), (ScryptCost{14, 8, 1}));

    const auto longer = PasswordHash::parse(kLonger);
    ASSERT_TRUE(longer) << longer.error();
    EXPECT_EQ(
        longer->matches("Gr\xc3\xbc\xc3\x9f"
                        "e"),
        true
    );
    EXPECT_EQ(longer->text(), kLonger);
}

TEST(PasswordHash, IsMadeWithASaltOfItsOwn) {
    const auto one = PasswordHash::of("correct horse battery");
    const auto other = PasswordHash::of("correct horse battery");
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->text().substr(0, 22), "$scrypt$ln=14,r=8,p=5$");
    EXPECT_NE(one->text(), other->text());
    const auto read = PasswordHash::parse(one->text());
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->matches("correct horse battery"), true);
    EXPECT_EQ(read->matches("another"), false);
}

TEST(PasswordHash, OfNobodyIsLikeAnotherAndMatchesNothing) {
    const auto nobody = PasswordHash::of_nobody({14, 8, 1});
    ASSERT_TRUE(nobody);
    EXPECT_TRUE(PasswordHash::parse(nobody->text()));
    EXPECT_EQ(nobody->matches(""), false);
    EXPECT_EQ(nobody->matches("nobody"), false);
}

TEST(PasswordHash, TakesTheDearestThatItAllows) {
    const auto dear = PasswordHash::of("correct horse battery", {16, 8, 4});
    ASSERT_TRUE(dear) << dear.error().message();
    const auto read = PasswordHash::parse(dear->text());
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->matches("correct horse battery"), true);
}

TEST(PasswordHash, OfAnotherKindOrCostIsRefused) {
    const std::string salt = "$MDEyMzQ1Njc4OWFiY2RlZg$";
    const std::string hash = "ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE";
    const std::string broken = "is broken; its form is $scrypt$ln=14,r=8,p=5$SALT$HASH";
    const std::string memory =
        "takes more than 64 MiB of memory for each who signs in; ln=16, r=8 is the most";
    const std::string cheap = "costs who guesses too little; ln=14, r=8, p=1 is the least";
    const struct {
        const char* name;
        std::string text;
        std::string problem;
    } kRows[] = {
        {"bcrypt", "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
         "is of bcrypt, and only scrypt's are taken"},
        {"argon2", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
         "is of Argon2, and only scrypt's are taken"},
        {"werkzeug", "scrypt:32768:8:1$salt$hash",
         "is of scrypt in Werkzeug's form, and only scrypt's are taken"},
        {"htpasswd", "$apr1$x$y", "is of Apache's MD5, and only scrypt's are taken"},
        {"a password", "geheim-4711", "is none: it begins with $scrypt$"},
        {"nothing", "", "is none: it begins with $scrypt$"},
        {"no cost", "$scrypt$" + salt + hash, broken},
        {"another order", "$scrypt$r=8,ln=14,p=1" + salt + hash, broken},
        {"one cost too many", "$scrypt$ln=14,r=8,p=1,x=1" + salt + hash, broken},
        {"a cost that is no number", "$scrypt$ln=1x,r=8,p=1" + salt + hash, broken},
        {"no hash", "$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
         "is too short: its salt has 8 "
         "bytes or more, and the hash "
         "itself 32"},
        {"a salt in another alphabet", "$scrypt$ln=14,r=8,p=1$MDE_$" + hash, broken},
        {"something behind it", "$scrypt$ln=14,r=8,p=1" + salt + hash + "$x", broken},
        {"too much memory", "$scrypt$ln=17,r=8,p=1" + salt + hash, memory},
        {"by its blocks", "$scrypt$ln=14,r=64,p=1" + salt + hash, memory},
        {"far too much", "$scrypt$ln=63,r=8,p=1" + salt + hash, memory},
        {"too long", "$scrypt$ln=16,r=8,p=5" + salt + hash,
         "takes a second and more for each who signs in; ln=16, r=8, p=4 is the most"},
        {"too cheap", "$scrypt$ln=13,r=8,p=1" + salt + hash, cheap},
        {"cheap in memory", "$scrypt$ln=9,r=8,p=64" + salt + hash, cheap},
    };
    for (const auto& row : kRows) {
        const auto parsed = PasswordHash::parse(row.text);
        ASSERT_FALSE(parsed) << row.name;
        EXPECT_EQ(parsed.error(), row.problem) << row.name;
    }
}

}  // namespace
}  // namespace countersign::certs
