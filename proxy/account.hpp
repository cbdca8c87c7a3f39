#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace countersign::proxy {

/// A step of how a connection was tried, in words: "connect", "192.0.2.1:443 refused after 0.3 ms".
/// The name is empty where the line belongs to the one above.
struct AccountLine {
    std::string name;
    std::string text;
    bool is_detail = false;  ///< of the line above, which says enough where room is short
};

/// Step by step. No secrets.
using Account = std::vector<AccountLine>;

/// "connect     192.0.2.1:443 refused after 0.3 ms": the name in a column in front.
std::string column_text(std::string_view name, std::string_view text);
/// "connect: 192.0.2.1:443 refused after 0.3 ms; 192.0.2.2:443 refused after 0.2 ms", without
/// details.
std::string in_one_line(const Account& account);

}  // namespace countersign::proxy
