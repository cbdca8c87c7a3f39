#include "profiles/nearest_word.hpp"

#include <algorithm>
#include <array>

namespace countersign::profiles {
namespace {

/// Longer words are not compared: the cost is quadratic, and nobody mistypes one.
constexpr std::size_t kLongestWord = 64;

constexpr std::size_t kFar = kLongestWord + 1;

/// With a cell beyond each end that is never the least.
using Row = std::array<std::size_t, kLongestWord + 2>;

/// What both have at an end costs nothing, and is most of two hosts of one domain.
void drop_common_ends(std::string_view& a, std::string_view& b) {
    while (!a.empty() && !b.empty() && a.front() == b.front()) {
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    while (!a.empty() && !b.empty() && a.back() == b.back()) {
        a.remove_suffix(1);
        b.remove_suffix(1);
    }
}

/// Optimal string alignment; both words at most kLongestWord long. More than `most`: any number
/// that is. A cell further than `most` from the diagonal has more.
std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
    drop_common_ends(a, b);
    std::array<Row, 3> rows;
    for (std::size_t j = 0; j <= std::min(b.size(), most); ++j) rows[0][j] = j;
    rows[0][std::min(b.size(), most) + 1] = kFar;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        const auto& two_above = rows[(i + 1) % 3];
        const std::size_t first = i > most ? i - most : 1;
        const std::size_t last = std::min(b.size(), i + most);
        if (first > last + 1) return kFar;
        row[first - 1] = first == 1 ? i : kFar;
        std::size_t least = row[first - 1];
        for (std::size_t j = first; j <= last; ++j) {
            const std::size_t replaced = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
            least = std::min(least, row[j]);
        }
        row[last + 1] = kFar;
        if (least > most) return least;  // whatever passes this row, a swap too, has more
    }
    return rows[a.size() % 3][b.size()];
}

}  // namespace

std::optional<std::size_t> typing_slips(std::string_view a, std::string_view b, std::size_t most) {
    const auto shorter = std::min(a.size(), b.size());
    const auto longer = std::max(a.size(), b.size());
    if (longer > kLongestWord || longer - shorter > most) return std::nullopt;
    const auto slips = distance(a, b, most);
    return slips <= most ? std::optional{slips} : std::nullopt;
}

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
    std::string_view nearest;
    auto most = std::max<std::size_t>(1, word.size() / 3);
    for (const auto candidate : known) {
        const auto slips = typing_slips(word, candidate, most);
        if (!slips) continue;
        nearest = candidate;
        if (*slips == 0) break;
        most = *slips - 1;
    }
    return nearest;
}

}  // namespace countersign::profiles
