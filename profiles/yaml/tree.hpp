#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace countersign::profiles {

/// Where something stands. Line and column start at 1; 0: the whole file is meant.
struct YamlPlace {
    std::shared_ptr<const std::string> file;
    int line = 0;
    int column = 0;
    /// Set: what stands here may name files below this directory only, and nothing that is not a
    /// file's content (see console_directory.hpp).
    std::shared_ptr<const std::filesystem::path> within = nullptr;

    std::string to_text() const;  ///< "acme.yaml:12:5"
};

struct YamlEntry;

/// One value of a document, aliases written out: all of the reader but the parser sees only this,
/// because the parser's own type loses quotes, places and duplicate keys. A scalar stays the text
/// that was written; what it means is for the key that reads it to say.
struct YamlNode {
    enum class Kind { null, scalar, sequence, map };

    Kind kind = Kind::null;
    YamlPlace place;
    std::string text;                ///< scalar
    bool quoted = false;             ///< scalar: in quotes, or a block of text
    std::vector<YamlNode> items;     ///< sequence
    std::vector<YamlEntry> entries;  ///< map, as written: a key may stand in it twice
};

struct YamlEntry {
    std::string key;
    YamlPlace place;
    YamlNode value;
};

}  // namespace countersign::profiles
