#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace countersign::certs {

/// The lines between the blocks of a PEM text, as a set: without what surrounds them, blank ones
/// left out. A file may have hundreds of thousands, so each costs its own length and eight bytes.
class CommentLines {
public:
    void add(std::string_view text);
    void add(const CommentLines& other);

    /// The lines that the other lacks, in the words of a message; of very many only the first, and
    /// how many more.
    std::vector<std::string> missing_from(const CommentLines& other) const;

private:
    struct Line {
        unsigned begin;
        unsigned size;
    };

    void add_line(std::string_view line);
    std::vector<std::string_view> sorted() const;

    std::string text_;
    std::vector<Line> lines_;
};

}  // namespace countersign::certs
