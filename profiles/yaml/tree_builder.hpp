#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profiles/yaml/report.hpp"
#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// Builds the tree of one document from the parser's events, and reports what is wrong with its
/// form: keys that are no text, that stand twice, or that ask for a merge; aliases that hold
/// themselves; control characters; typographic quotation marks. An operation returns false once a
/// bound is passed, reported: the caller ends the parse.
class YamlTreeBuilder {
public:
    explicit YamlTreeBuilder(YamlReport& report) : report_{report} {}

    bool begin_document(const YamlPlace& place);
    /// `anchor`: 0 for none.
    bool add_null(const YamlPlace& place, std::size_t anchor);
    bool add_scalar(std::string text, bool quoted, const YamlPlace& place, std::size_t anchor);
    bool add_alias(std::size_t anchor, const YamlPlace& place);
    /// A sequence or a map, which ends with `close`.
    bool open(YamlNode::Kind kind, const YamlPlace& place, std::size_t anchor);
    bool close();

    /// At the value that comes next.
    void problem(const YamlPlace& place, std::string text);
    YamlNode take_root() { return std::move(root_); }

private:
    /// A sequence or map whose end has not come.
    struct Open {
        YamlNode node;
        std::size_t anchor = 0;
        std::optional<YamlEntry> entry;  ///< map: the key whose value comes next
        bool drop_entry = false;         ///< the key was no text
    };

    std::string without_typographic_quotes(std::string_view text, const YamlPlace& place);
    bool count(const YamlNode& node, const YamlPlace& place);
    bool add(YamlNode node, std::size_t anchor);
    void begin_entry(Open& map, YamlNode key);
    void report_duplicates(const YamlNode& map);
    std::string path() const;

    YamlReport& report_;
    bool begun_ = false;
    std::size_t nodes_ = 0;
    YamlNode root_;
    std::vector<Open> open_;
    std::unordered_map<std::size_t, YamlNode> anchors_;
};

}  // namespace countersign::profiles
