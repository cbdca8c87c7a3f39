#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "profiles/yaml/report.hpp"

namespace countersign::profiles {

/// The bytes of a configuration file; nullopt where it cannot be read or is too large, reported.
std::optional<std::string> read_yaml_file(const std::filesystem::path& path, YamlReport& report);

/// The text to parse: without its byte-order mark. nullopt where it is too large, not UTF-8, or
/// holds a control character, all of which the parser would let pass; reported.
std::optional<std::string_view> check_yaml_text(
    std::string_view text, const std::shared_ptr<const std::string>& file, YamlReport& report
);

/// The typographic quotation mark that the text begins with, or ends with; empty where there is
/// none. Editors and mail programs put them where " was typed.
std::string_view typographic_quote_in_front(std::string_view text);
std::string_view typographic_quote_behind(std::string_view text);

/// Where the first character that must not stand in a configuration begins: bytes that are no
/// UTF-8, or a control character other than tab and line ends.
std::optional<std::size_t> find_bad_character(std::string_view text);

}  // namespace countersign::profiles
