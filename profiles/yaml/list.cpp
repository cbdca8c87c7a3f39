#include "profiles/yaml/list.hpp"

#include "certs/text/ascii.hpp"
#include "profiles/yaml/secret_places.hpp"

namespace countersign::profiles {
namespace {

/// In quotes where YAML needs them; empty where the text is no list of plain values.
std::string as_values(std::string_view text) {
    const auto plain = [](char c) {
        return certs::is_letter(c) || certs::is_digit(c) ||
               std::string_view{"._-/, "}.find(c) != std::string_view::npos;
    };
    if (std::ranges::all_of(text, plain)) return std::string{text};
    const auto in_quotes = [&](char c) {
        return plain(c) ? c != ',' && c != ' ' : c == '*' || c == ':';
    };
    if (!std::ranges::all_of(text, in_quotes)) return {};
    return "\"" + std::string{text} + "\"";
}

}  // namespace

std::string as_list_of_one(const YamlField& field, std::string_view expected) {
    std::string text{expected};
    const auto& node = field.node();
    const bool sayable = node.kind == YamlNode::Kind::scalar && !node.text.empty() &&
                         !may_hold_secret(field.path()) &&
                         quote(node.text) == "'" + node.text + "'";
    if (!sayable || !expected.starts_with("a list of ")) return text;
    const auto values = as_values(node.text);
    return values.empty() ? text : text + ": write [" + values + "]";
}

}  // namespace countersign::profiles
