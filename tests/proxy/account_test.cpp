#include "proxy/account.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy {
namespace {

TEST(Account, InOneLineLeavesDetailsOutAndNamesEachStepOnce) {
    const Account account{
        {"connect", "192.0.2.1:443 refused after 0.3 ms"},
        {"", "192.0.2.2:443 connected after 0.2 ms"},
        {"chain", "1 'CN=a'"},
        {"", "  SHA-256 00", true},
    };

    EXPECT_EQ(
        in_one_line(account),
        "connect: 192.0.2.1:443 refused after 0.3 ms; 192.0.2.2:443 connected after 0.2 ms; "
        "chain: 1 'CN=a'"
    );
    EXPECT_EQ(in_one_line({}), "");
}

TEST(Account, HasNamesInAColumn) {
    EXPECT_EQ(column_text("said", "-> ClientHello"), "said        -> ClientHello");
    EXPECT_EQ(column_text("", "<- ServerHello"), "            <- ServerHello");
    EXPECT_EQ(column_text("a name too long", "text"), "a name too long text");
}

}  // namespace
}  // namespace countersign::proxy
