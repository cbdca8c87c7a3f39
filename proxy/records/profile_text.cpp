#include "proxy/records/profile_text.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstdint>
#include <memory>
#include <vector>

#include "certs/text/ascii.hpp"
#include "profiles/yaml/parser.hpp"
#include "proxy/records/record_text.hpp"
#include "proxy/records/version.hpp"

namespace countersign::proxy::records {

namespace {

namespace json = boost::json;
using certs::EditError;
using certs::EditResult;
using profiles::YamlNode;

constexpr std::string_view kProfilesBegin = "profiles:\n";
/// No record's file begins so: their stems have letters, digits and hyphens.
constexpr std::string_view kFilePrefix = "profile_";
/// What a plain scalar of YAML may mean beside itself.
constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};

/// In which order people read a profile; what is none of these comes after them, as it was given.
constexpr std::string_view kOrder[] = {"name",    "hosts",   "ports",      "paths",
                                       "methods", "clients", "listeners",  "key_store",
                                       "trust",   "tls",     "connect_to", "default_port"};

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

/// Whether YAML takes it for the very same text without quotes.
bool is_plain(std::string_view text) {
    if (text.empty() || !(certs::is_lower_case(text[0]) || certs::is_upper_case(text[0])))
        return false;
    const auto fits = [](char one) {
        return certs::is_lower_case(one) || certs::is_upper_case(one) || certs::is_digit(one) ||
               one == '-' || one == '_' || one == '.';
    };
    return std::ranges::all_of(text, fits) &&
           std::ranges::find(kWords, certs::in_lower_case(text)) == std::end(kWords);
}

/// A text of JSON is one of YAML in double quotes.
std::string text_of(std::string_view text) {
    return is_plain(text) ? std::string{text} : json::serialize(json::value(json::string{text}));
}

/// What stands behind a key, or a dash, in one line.
std::string in_line(const json::value& value) {
    if (value.is_string()) return text_of(view(value.get_string()));
    if (value.is_array()) {
        std::string text = "[";
        for (const json::value& one : value.get_array())
            text += (text.size() > 1 ? ", " : "") + in_line(one);
        return text + ']';
    }
    if (value.is_object()) {
        std::string text = "{ ";
        for (const auto& [key, one] : value.get_object())
            text += (text.size() > 2 ? ", " : "") + text_of(key) + ": " + in_line(one);
        return text.size() > 2 ? text + " }" : "{}";
    }
    return json::serialize(value);
}

void add_map(std::string& text, const json::object& map, std::size_t indent) {
    for (const auto& [key, value] : map) {
        text += std::string(indent, ' ') + text_of(key) + ':';
        const bool nested = value.is_object() && !value.get_object().empty();
        if (nested) {
            text += '\n';
            add_map(text, value.get_object(), indent + 2);
        } else {
            text += ' ' + in_line(value) + '\n';
        }
    }
}

json::object in_order(const json::object& profile) {
    json::object ordered;
    for (const std::string_view key : kOrder) {
        if (const json::value* const value = profile.if_contains(key)) ordered[key] = *value;
    }
    for (const auto& [key, value] : profile) {
        if (!ordered.contains(key)) ordered[key] = value;
    }
    return ordered;
}

/// A list of one profile.
std::string list_of(const json::object& profile) {
    std::string text;
    add_map(text, in_order(profile), 4);
    if (text.size() > 2) text[2] = '-';
    return std::string{kProfilesBegin} + text;
}

/// A scalar without quotes is what YAML takes it for, as far as a profile has such values.
json::value value_of(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return nullptr;
        case YamlNode::Kind::sequence: {
            json::array list;
            for (const YamlNode& one : node.items) list.push_back(value_of(one));
            return list;
        }
        case YamlNode::Kind::map: {
            json::object map;
            for (const auto& entry : node.entries) map[entry.key] = value_of(entry.value);
            return map;
        }
        case YamlNode::Kind::scalar:
            break;
    }
    if (node.quoted) return json::string{node.text};
    if (node.text == "true" || node.text == "false") return node.text == "true";
    std::int64_t number = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [at, error] = std::from_chars(node.text.data(), end, number);
    const bool is_number = error == std::errc{} && at == end && std::to_string(number) == node.text;
    if (is_number) return number;
    return json::string{node.text};
}

EditResult<YamlNode> tree_of(std::string_view text) {
    profiles::YamlReport report;
    auto root = profiles::parse_yaml(text, std::make_shared<const std::string>("the text"), report);
    const profiles::Problems problems = report.take_problems();
    if (!problems.empty()) return EditError{problems.front().to_text()};
    if (!root || root->kind != YamlNode::Kind::map) {
        return EditError{
            "Write the profile's keys as YAML, one a line: hosts: [api.partner.example]."};
    }
    return std::move(*root);
}

}  // namespace

std::string profile_text(const json::object& profile) {
    const std::string text = list_of(profile);
    return console_head(text) + text;
}

std::string profile_yaml(const json::object& profile) {
    std::string text;
    add_map(text, in_order(profile), 0);
    return text;
}

std::optional<json::object> written_profile(std::string_view text) {
    const auto root = tree_of(text);
    if (!root || root->entries.size() != 1) return std::nullopt;
    const YamlNode& list = root->entries.front().value;
    if (list.items.size() != 1 || list.items.front().kind != YamlNode::Kind::map)
        return std::nullopt;
    json::object profile = value_of(list.items.front()).get_object();
    if (profile_text(profile) != text) return std::nullopt;
    return profile;
}

EditResult<json::object> profile_in_yaml(std::string_view text) {
    auto root = tree_of(text);
    if (!root) return root.error();
    return value_of(*root).get_object();
}

std::string profile_file_name(std::string_view profile_name) {
    return std::string{kFilePrefix} + record_file_name(profile_name);
}

std::string version_of(const json::object& profile) {
    return version_of_text(profile_text(profile));
}

}  // namespace countersign::proxy::records
