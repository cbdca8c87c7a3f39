#include "certs/text/shell_word.hpp"

#include <gtest/gtest.h>

namespace countersign::certs {
namespace {

TEST(ShellWord, HasQuotesOnlyWhereItNeedsThem) {
    EXPECT_EQ(shell_word("conf/acme-client.p12"), "conf/acme-client.p12");
    EXPECT_EQ(shell_word("müller.jks"), "müller.jks");
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("my key"), "'my key'");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
}

TEST(ShellWord, SendsNoControlCharacterToATerminal) {
    EXPECT_EQ(shell_word("a\x1b[2J'\n"), "$'a\\033[2J\\'\\012'");
}

}  // namespace
}  // namespace countersign::certs
