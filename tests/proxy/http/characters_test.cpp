#include "proxy/http/characters.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace countersign::proxy::http {
namespace {

using Find = const char* (*)(const char*, const char*);
using Stops = bool (*)(char);

struct Scan {
    std::string_view name;
    Find find;
    Stops stops;
};

constexpr Scan kScans[] = {
    {"control", find_control, is_control},
    {"target end", find_target_end, ends_target},
    {"token end", find_token_end, [](char c) { return !is_token_char(c); }},
};

// Every octet at every place of lines shorter and longer than a block: the wide scan and the
// definition, octet by octet, agree. The memory ends where the line ends, for the sanitizer to see.
TEST(WideScan, FindsWhatTheDefinitionFinds) {
    for (const Scan& scan : kScans) {
        for (std::size_t size = 1; size < 40; ++size) {
            const std::unique_ptr<char[]> line(new char[size]);
            for (std::size_t at = 0; at < size; ++at) {
                for (int octet = 0; octet < 256; ++octet) {
                    // Callers of this scan have found the line free of DEL.
                    if (octet == 0x7f && scan.find == find_target_end) continue;
                    std::fill_n(line.get(), size, 'a');
                    line[at] = static_cast<char>(octet);

                    const char* const found = scan.find(line.get(), line.get() + size);

                    const auto expected = scan.stops(line[at]) ? at : size;
                    ASSERT_EQ(static_cast<std::size_t>(found - line.get()), expected)
                        << scan.name << ": octet " << octet << " at " << at << " of " << size;
                }
            }
        }
    }
}

TEST(TokenChars, AreThoseOfRfc9110Section5_6_2) {
    const std::string_view special = "!#$%&'*+-.^_`|~";
    for (int octet = 0; octet < 256; ++octet) {
        const auto c = static_cast<char>(octet);
        const bool alphanumeric = octet < 0x80 && std::isalnum(octet) != 0;
        const bool expected = alphanumeric || special.find(c) != std::string_view::npos;
        EXPECT_EQ(is_token_char(c), expected) << octet;
    }
}

}  // namespace
}  // namespace countersign::proxy::http
