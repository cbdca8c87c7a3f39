#include "profiles/yaml/tree_builder.hpp"

#include "profiles/yaml/secret_places.hpp"
#include "profiles/yaml/text.hpp"

namespace countersign::profiles {
namespace {

constexpr std::size_t kMostNodes = 500'000;
constexpr std::size_t kDeepest = 32;

std::size_t size_of(const YamlNode& node) {
    std::size_t size = 1;
    for (const auto& item : node.items) size += size_of(item);
    for (const auto& entry : node.entries) size += size_of(entry.value);
    return size;
}

YamlNode bare_node(YamlNode::Kind kind, const YamlPlace& place) {
    YamlNode node;
    node.kind = kind;
    node.place = place;
    return node;
}

}  // namespace

bool YamlTreeBuilder::begin_document(const YamlPlace& place) {
    if (begun_) report_.problem(place, "", "a second document begins here; a file holds one");
    return !std::exchange(begun_, true);
}

bool YamlTreeBuilder::add_null(const YamlPlace& place, std::size_t anchor) {
    auto node = bare_node(YamlNode::Kind::null, place);
    return count(node, place) && add(std::move(node), anchor);
}

bool YamlTreeBuilder::add_scalar(
    std::string text, bool quoted, const YamlPlace& place, std::size_t anchor
) {
    auto node = bare_node(YamlNode::Kind::scalar, place);
    node.quoted = quoted;
    // An escape in quotes ("\0") stands for a character that the text check could not see.
    if (find_bad_character(text)) {
        problem(place, "a control character; nothing but text, tabs and line ends may stand here");
    } else {
        node.text = quoted ? std::move(text) : without_typographic_quotes(text, place);
    }
    return count(node, place) && add(std::move(node), anchor);
}

/// What is in them, so that one problem does not bring a second.
std::string YamlTreeBuilder::without_typographic_quotes(
    std::string_view text, const YamlPlace& place
) {
    const auto front = typographic_quote_in_front(text);
    const bool is_prose =
        !open_.empty() && open_.back().entry && open_.back().entry->key == "description";
    if (front.empty() || is_prose) return std::string{text};
    problem(
        place, "begins with " + std::string{front} +
                   ", a typographic quotation mark, which YAML takes for a letter; write \" or '"
    );
    text.remove_prefix(front.size());
    text.remove_suffix(typographic_quote_behind(text).size());
    return std::string{text};
}

bool YamlTreeBuilder::add_alias(std::size_t anchor, const YamlPlace& place) {
    const auto found = anchors_.find(anchor);
    if (found != anchors_.end()) return count(found->second, place) && add(found->second, 0);
    problem(place, "an alias inside the value that it stands for");
    return add(bare_node(YamlNode::Kind::null, place), 0);
}

bool YamlTreeBuilder::open(YamlNode::Kind kind, const YamlPlace& place, std::size_t anchor) {
    if (open_.size() >= kDeepest) {
        report_.problem(place, path(), "lists and maps stand more than 32 deep in each other");
        return false;
    }
    Open opened;
    opened.node = bare_node(kind, place);
    opened.anchor = anchor;
    open_.push_back(std::move(opened));
    return count(open_.back().node, place);
}

bool YamlTreeBuilder::close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    report_duplicates(closed.node);
    return add(std::move(closed.node), closed.anchor);
}

void YamlTreeBuilder::problem(const YamlPlace& place, std::string text) {
    report_.problem(place, path(), std::move(text));
}

bool YamlTreeBuilder::count(const YamlNode& node, const YamlPlace& place) {
    nodes_ += size_of(node);
    if (nodes_ <= kMostNodes) return true;
    report_.problem(
        place, path(), "more than 500000 values, with the aliases written out, is too many"
    );
    return false;
}

bool YamlTreeBuilder::add(YamlNode node, std::size_t anchor) {
    if (anchor != 0) {
        if (!count(node, node.place)) return false;
        anchors_.insert_or_assign(anchor, node);
    }
    if (open_.empty()) {
        root_ = std::move(node);
        return true;
    }

    auto& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::sequence) {
        parent.node.items.push_back(std::move(node));
    } else if (!parent.entry) {
        begin_entry(parent, std::move(node));
    } else {
        parent.entry->value = std::move(node);
        if (!parent.drop_entry) parent.node.entries.push_back(std::move(*parent.entry));
        parent.entry.reset();
    }
    return true;
}

void YamlTreeBuilder::begin_entry(Open& map, YamlNode key) {
    const bool merge = key.text == "<<" && !key.quoted;
    if (key.kind != YamlNode::Kind::scalar) {
        problem(key.place, "a key is text; found a list, a map or nothing");
    } else if (merge) {
        problem(key.place, "'<<' does not merge maps here; write the keys out");
    }
    map.drop_entry = merge || key.kind != YamlNode::Kind::scalar;
    map.entry = YamlEntry{std::move(key.text), key.place, {}};
}

void YamlTreeBuilder::report_duplicates(const YamlNode& map) {
    std::unordered_map<std::string_view, const YamlEntry*> seen;
    for (const auto& entry : map.entries) {
        const auto [first, inserted] = seen.emplace(entry.key, &entry);
        if (inserted) continue;
        const auto parent = path();
        const bool are_lists = entry.value.kind == YamlNode::Kind::sequence &&
                               first->second->value.kind == YamlNode::Kind::sequence;
        report_.problem(
            entry.place, hides_keys(parent) ? parent : join_path(parent, entry.key),
            "stands here again, first at " + std::to_string(first->second->place.line) + ":" +
                std::to_string(first->second->place.column) + "; keep one" +
                (are_lists ? ", with the values of both" : "")
        );
    }
}

std::string YamlTreeBuilder::path() const {
    std::string path;
    for (const auto& open : open_) {
        if (open.node.kind == YamlNode::Kind::sequence) {
            path += "[" + std::to_string(open.node.items.size()) + "]";
        } else if (open.entry) {
            path = join_path(path, open.entry->key);
            if (hides_keys(path)) break;
        }
    }
    return path;
}

}  // namespace countersign::profiles
