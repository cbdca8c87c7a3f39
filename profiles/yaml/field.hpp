#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/yaml/report.hpp"
#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// A value with what a problem about it needs: place and path. Refers to the tree and the report,
/// which outlive it.
class YamlField {
public:
    /// `place`: where a problem is shown; for a value that is missing, its key.
    YamlField(const YamlNode& node, YamlPlace place, std::string path, YamlReport& report);

    const YamlNode& node() const { return *node_; }
    const YamlPlace& place() const { return place_; }
    const std::string& path() const { return path_; }
    YamlReport& report() const { return *report_; }

    void problem(std::string text) const;
    /// "found …; expected …"
    void unexpected(std::string_view expected) const;
    /// The same where the quotes around the value are what is wrong with it.
    void unexpected_quotes(std::string_view expected) const;
    /// The value is in the vocabulary, and this version does not act on it.
    void unsupported() const;

    bool is_word(std::string_view word) const {
        return node_->kind == YamlNode::Kind::scalar && node_->text == word;
    }
    /// The text of a scalar; for a list, a map or nothing a problem.
    std::optional<std::string_view> scalar(std::string_view expected) const;
    std::optional<std::vector<YamlField>> items(std::string_view expected) const;

private:
    const YamlNode* node_;
    YamlPlace place_;
    std::string path_;
    YamlReport* report_;
};

/// "'paths' is not supported yet by this version; remove it"
std::string not_supported_yet(std::string_view word);

/// "; did you mean 'hosts'?", or nothing where no known word is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace countersign::profiles
