#include "profiles/yaml/parser.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "profiles/yaml/syntax_hint.hpp"
#include "profiles/yaml/text.hpp"
#include "profiles/yaml/tree_builder.hpp"

namespace countersign::profiles {
namespace {

/// An event handler cannot end a parse but by an exception; `parse_yaml` catches it.
struct ParseStopped {};

YamlPlace place_of(const YAML::Mark& mark, const std::shared_ptr<const std::string>& file) {
    if (mark.is_null()) return {file};
    return {file, mark.line + 1, mark.column + 1};
}

/// Hands the parser's events to the tree builder. Why events, not nodes: a node has lost duplicate
/// keys, and following its aliases takes time that grows with their nesting's power.
class EventReader final : public YAML::EventHandler {
public:
    EventReader(YamlTreeBuilder& builder, const std::shared_ptr<const std::string>& file)
        : builder_{builder}, file_{file} {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        go_on(builder_.begin_document(place_of(mark, file_)));
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        go_on(builder_.add_null(place_of(mark, file_), anchor));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        go_on(builder_.add_alias(anchor, place_of(mark, file_)));
    }
    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        const std::string& value
    ) override {
        const auto place = place_of(mark, file_);
        check_tag(tag, place);
        go_on(builder_.add_scalar(value, tag == "!", place, anchor));
    }

    void OnSequenceStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        open(YamlNode::Kind::sequence, mark, tag, anchor);
    }
    void OnSequenceEnd() override { go_on(builder_.close()); }
    void OnMapStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        open(YamlNode::Kind::map, mark, tag, anchor);
    }
    void OnMapEnd() override { go_on(builder_.close()); }

private:
    void open(
        YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor
    ) {
        const auto place = place_of(mark, file_);
        check_tag(tag, place);
        go_on(builder_.open(kind, place, anchor));
    }

    /// "?" stands for a plain value, "!" for a quoted one. The tag itself is not repeated: a
    /// password that begins with '!' reads as one.
    void check_tag(const std::string& tag, const YamlPlace& place) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        builder_.problem(place, "a tag is not read here; put text that begins with '!' in quotes");
    }

    static void go_on(bool within_bounds) {
        if (!within_bounds) throw ParseStopped{};
    }

    YamlTreeBuilder& builder_;
    const std::shared_ptr<const std::string>& file_;
};

/// Ends the document at the end of the text: the parser takes a quote that is never closed for one
/// that ends there, and with it a file of which the rest was never written. A document's end inside
/// of quotes it refuses.
std::string with_document_end(std::string_view text) {
    std::string ended{text};
    if (!ended.ends_with('\n')) ended += '\n';
    return ended += "...\n";
}

/// The parser's own words without what it repeats of the text after a colon, which may be a part of
/// a password: "the referenced anchor is not defined: …". Better, what in the text is like it, and
/// where that stands.
void report_syntax(
    const YAML::Exception& error, std::string_view text,
    const std::shared_ptr<const std::string>& file, YamlReport& report
) {
    const auto words = error.msg.substr(0, error.msg.find(": "));
    YamlPlace place = place_of(error.mark, file);
    auto hint = syntax_hint(text, place.line, error.mark.column + 1, words);
    if (hint.text.empty()) {
        hint.text = words + "; text that begins with one of [{*&!%@` needs quotes";
    } else if (hint.line > 0) {
        place.line = hint.line;
        place.column = hint.column;
    }
    report.problem(place, "", "not valid YAML: " + hint.text);
}

}  // namespace

std::optional<YamlNode> parse_yaml(
    std::string_view text, const std::shared_ptr<const std::string>& file, YamlReport& report
) {
    const auto checked = check_yaml_text(text, file, report);
    if (!checked) return std::nullopt;

    YamlTreeBuilder builder{report};
    try {
        std::istringstream stream{with_document_end(*checked)};
        YAML::Parser parser{stream};
        EventReader reader{builder, file};
        while (parser.HandleNextDocument(reader)) continue;
    } catch (const YAML::Exception& error) {
        report_syntax(error, *checked, file, report);
        return std::nullopt;
    } catch (const ParseStopped&) {
        return std::nullopt;
    }

    auto root = builder.take_root();
    if (root.kind != YamlNode::Kind::null) return root;
    report.problem(
        {file}, "",
        "nothing stands in it but blank lines and comments; begin with a profile, such as "
        "profiles: [{ name: partner, hosts: [api.partner.example] }]"
    );
    return std::nullopt;
}

}  // namespace countersign::profiles
