#include "proxy/account.hpp"

#include <algorithm>
#include <cstddef>

namespace countersign::proxy {

std::string column_text(std::string_view name, std::string_view text) {
    constexpr std::size_t kWidth = 12;
    std::string line{name};
    line.resize(std::max(kWidth, line.size() + 1), ' ');
    return line += text;
}

std::string in_one_line(const Account& account) {
    std::string line;
    for (const AccountLine& one : account) {
        if (one.is_detail) continue;
        if (!line.empty()) line += "; ";
        if (!one.name.empty()) (line += one.name) += ": ";
        line += one.text;
    }
    return line;
}

}  // namespace countersign::proxy
