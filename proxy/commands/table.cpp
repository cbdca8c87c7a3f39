#include "proxy/commands/table.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "certs/text/utf8.hpp"

namespace countersign::proxy::commands {

namespace {

/// How many columns of a terminal a text takes: one for each character, as near as makes no
/// difference here.
std::size_t width_of(std::string_view text) {
    const auto begins_character = [](char c) { return !certs::continues_character(c); };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

}  // namespace

std::vector<std::string> table_lines(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::string> lines(rows.size());
    const std::size_t columns = rows.empty() ? 0 : rows.front().size();
    for (std::size_t column = 0; column < columns; ++column) {
        std::size_t width = 0;
        for (const auto& row : rows) width = std::max(width, width_of(row[column]));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string& cell = rows[i][column];
            lines[i] += cell + std::string(width - width_of(cell) + 2, ' ');
        }
    }
    for (std::string& line : lines) line.resize(line.find_last_not_of(' ') + 1);
    return lines;
}

}  // namespace countersign::proxy::commands
