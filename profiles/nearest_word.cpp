#include "profiles/nearest_word.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace countersign::profiles {
namespace {

/// Longer words are not compared: the cost is quadratic, and nobody mistypes one.
constexpr std::size_t kLongestWord = 64;

using Row = std::array<std::size_t, kLongestWord + 1>;

/// Optimal string alignment; both words at most kLongestWord long.
std::size_t distance(std::string_view a, std::string_view b) {
    std::array<Row, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        const auto& two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
    std::string_view nearest;
    if (word.size() > kLongestWord) return nearest;
    auto least = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto candidate : known) {
        const auto shorter = std::min(word.size(), candidate.size());
        const auto longer = std::max(word.size(), candidate.size());
        if (longer > kLongestWord || longer - shorter >= least) continue;
        const auto slips = distance(word, candidate);
        if (slips >= least) continue;
        least = slips;
        nearest = candidate;
    }
    return nearest;
}

}  // namespace countersign::profiles
