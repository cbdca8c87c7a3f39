#include "profiles/yaml/field.hpp"

#include <utility>

#include "profiles/nearest_word.hpp"
#include "profiles/yaml/secret_places.hpp"

namespace countersign::profiles {
namespace {

std::string found(const YamlNode& node, bool secret) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return "nothing";
        case YamlNode::Kind::scalar:
            if (secret) return node.text.empty() ? "an empty text" : "text";
            return quote(node.text);
        case YamlNode::Kind::sequence:
            return "a list";
        case YamlNode::Kind::map:
            return "a map";
    }
    return "";
}

}  // namespace

YamlField::YamlField(const YamlNode& node, YamlPlace place, std::string path, YamlReport& report)
    : node_{&node}, place_{std::move(place)}, path_{std::move(path)}, report_{&report} {}

void YamlField::problem(std::string text) const {
    report_->problem(place_, path_, std::move(text));
}

void YamlField::unexpected(std::string_view expected) const {
    problem(
        "found " + found(*node_, may_hold_secret(path_)) + "; expected " + std::string{expected}
    );
}

void YamlField::unexpected_quotes(std::string_view expected) const {
    problem(
        "found " + found(*node_, may_hold_secret(path_)) + " in quotes; expected " +
        std::string{expected} + ", without quotes"
    );
}

void YamlField::unsupported() const { problem(not_supported_yet(node_->text)); }

std::optional<std::string_view> YamlField::scalar(std::string_view expected) const {
    if (node_->kind == YamlNode::Kind::scalar) return node_->text;
    unexpected(expected);
    return std::nullopt;
}

std::optional<std::vector<YamlField>> YamlField::items(std::string_view expected) const {
    if (node_->kind != YamlNode::Kind::sequence) {
        unexpected(expected);
        return std::nullopt;
    }
    std::vector<YamlField> fields;
    fields.reserve(node_->items.size());
    for (const auto& item : node_->items) {
        auto path = path_ + "[" + std::to_string(fields.size()) + "]";
        fields.emplace_back(item, item.place, std::move(path), *report_);
    }
    return fields;
}

std::string not_supported_yet(std::string_view word) {
    return "'" + std::string{word} + "' is not supported yet by this version; remove it";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
    const auto nearest = nearest_word(word, known);
    return nearest.empty() ? "" : "; did you mean '" + std::string{nearest} + "'?";
}

}  // namespace countersign::profiles
