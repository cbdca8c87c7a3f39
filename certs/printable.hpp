#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::certs {

/// Text from a file or a peer, fit for one line of a log: UTF-8 stays, but control characters, line
/// and paragraph separators, characters that turn the direction of writing and bytes that are not
/// UTF-8 become \xNN. To be read, not to be parsed back.
std::string printable(std::string_view text);

/// "a, b, c and 12 more": at most `most` of them, each made printable.
std::string printable_list(
    const std::vector<std::string>& items, std::string_view separator = ", ", std::size_t most = 10
);

/// "acme.jks", "acme.jks, alias mydomain": the `where` of a LoadError.
std::string where_of(const std::filesystem::path& file);
std::string where_of(std::string_view container, std::string_view alias);

}  // namespace countersign::certs
