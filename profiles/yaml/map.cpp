#include "profiles/yaml/map.hpp"

#include <algorithm>

#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"
#include "profiles/yaml/secret_places.hpp"

namespace countersign::profiles {

namespace {

/// Of "level:debug", which is one text. Not repeated: it may be a password.
std::string missing_space_in(const YamlNode& node) {
    const bool text = node.kind == YamlNode::Kind::scalar && !node.quoted;
    const auto colon = text ? node.text.find(':') : std::string::npos;
    if (colon == std::string::npos || colon == 0 || !certs::is_letter(node.text.front())) return {};
    return "; a space is missing behind a colon";
}

}  // namespace

YamlMap::YamlMap(const YamlField& field, std::string_view expected)
    : field_{field}, is_map_{field.node().kind == YamlNode::Kind::map} {
    if (!is_map_) field.unexpected(std::string{expected} + missing_space_in(field.node()));
}

YamlMap::~YamlMap() {
    for (const auto& entry : field_.node().entries) {
        const auto is_key = [&](std::string_view key) { return key == entry.key; };
        const bool asked =
            std::ranges::any_of(known_, is_key) || std::ranges::any_of(refused_, is_key);
        if (!asked) report_unknown(entry);
    }
}

std::optional<YamlField> YamlMap::find(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
    const auto* found = entry(key);
    if (found == nullptr) return std::nullopt;
    // A value that is missing has no place of its own.
    const bool missing = found->value.kind == YamlNode::Kind::null;
    const auto& place = missing ? found->place : found->value.place;
    return YamlField{found->value, place, join_path(field_.path(), key), field_.report()};
}

std::optional<YamlField> YamlMap::require(std::string_view key, std::string_view expected) {
    auto found = find(key);
    if (!found && is_map_) {
        const auto missing = "'" + std::string{key} + "' is missing; expected ";
        field_.problem(missing + std::string{expected});
    }
    return found;
}

void YamlMap::refuse(std::string_view key, const std::string& reason) {
    refused_.push_back(key);
    const auto* found = entry(key);
    if (found == nullptr) return;
    field_.report().problem(found->place, join_path(field_.path(), key), reason);
}

void YamlMap::unsupported(std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) refuse(key, not_supported_yet(key));
}

const YamlEntry* YamlMap::entry(std::string_view key) const {
    const auto found = std::ranges::find(field_.node().entries, key, &YamlEntry::key);
    return found == field_.node().entries.end() ? nullptr : &*found;
}

void YamlMap::report_unknown(const YamlEntry& entry) const {
    const auto name = name_in(entry.key);
    const bool is_known = std::ranges::find(known_, name) != known_.end();
    const bool lacks_space =
        is_known && name.size() < entry.key.size() && entry.key[name.size()] == ':';
    auto nearest = secret_ ? "" : did_you_mean(name, known_);
    if (!secret_ && lacks_space) {
        nearest = "; a space is missing behind '" + std::string{name} + ":'";
    }
    const auto path = secret_ ? field_.path() : join_path(field_.path(), entry.key);
    const auto hint = nearest.empty() ? "; expected " + certs::enumerated(known_, "or") : nearest;
    field_.report().problem(entry.place, path, "unknown key" + hint);
}

}  // namespace countersign::profiles
