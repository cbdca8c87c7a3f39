#include "proxy/commands/manual/troff.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::commands {
namespace {

struct TroffRow {
    const char* name;
    const char* text;
    const char* troff;
};

class Troff : public testing::TestWithParam<TroffRow> {};

TEST_P(Troff, PrintsWhatWasWritten) { EXPECT_EQ(troff(GetParam().text), GetParam().troff); }

INSTANTIATE_TEST_SUITE_P(
    Table, Troff,
    testing::Values(
        TroffRow{"plain", "a key store", "a key store"},
        TroffRow{"hyphens", "--out FILE", "\\-\\-out FILE"},
        TroffRow{"backslash", "store \\", "store \\e"},
        TroffRow{"quotes", "the key's `list`", "the key\\(aqs \\(galist\\(ga"},
        TroffRow{"tilde_and_caret", "~ ^", "\\(ti \\(ha"},
        TroffRow{"request_at_the_beginning", ".so it is", "\\&.so it is"},
        TroffRow{"request_on_a_later_line", "a\n.b", "a\n\\&.b"},
        TroffRow{"full_stop_elsewhere", "a.b .c", "a.b .c"},
        TroffRow{"two_bytes", "\xC3\xA9", "\\[u00E9]"},
        TroffRow{"three_bytes", "FILE\xE2\x80\xA6 x", "FILE\\[u2026] x"},
        TroffRow{"four_bytes", "\xF0\x9F\x94\x91", "\\[u1F511]"},
        TroffRow{"cut_short", "\xE2", "\xE2"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(TroffExample, KeepsItsLinesAndEndsWithOne) {
    EXPECT_EQ(troff_example("  a -b"), ".EX\n  a \\-b\n.EE\n");
    EXPECT_EQ(troff_example("  a\n  b\n"), ".EX\n  a\n  b\n.EE\n");
}

}  // namespace
}  // namespace countersign::proxy::commands
