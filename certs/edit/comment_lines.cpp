#include "certs/edit/comment_lines.hpp"

#include <algorithm>
#include <iterator>

#include "certs/printable.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {

void CommentLines::add(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\v\f";
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
        line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
        line.remove_suffix(line.size() - (line.find_last_not_of(kBlank) + 1));
        if (!line.empty()) add_line(line);
    }
}

void CommentLines::add(const CommentLines& other) {
    for (const Line& line : other.lines_) {
        add_line(std::string_view{other.text_}.substr(line.begin, line.size));
    }
}

void CommentLines::add_line(std::string_view line) {
    lines_.push_back({static_cast<unsigned>(text_.size()), static_cast<unsigned>(line.size())});
    text_ += line;
}

std::vector<std::string_view> CommentLines::sorted() const {
    std::vector<std::string_view> views;
    views.reserve(lines_.size());
    for (const Line& line : lines_) {
        views.push_back(std::string_view{text_}.substr(line.begin, line.size));
    }
    std::sort(views.begin(), views.end());
    views.erase(std::unique(views.begin(), views.end()), views.end());
    return views;
}

std::vector<std::string> CommentLines::missing_from(const CommentLines& other) const {
    constexpr std::size_t kMost = 1000;
    const std::vector<std::string_view> ours = sorted();
    const std::vector<std::string_view> theirs = other.sorted();
    std::vector<std::string_view> missing;
    std::set_difference(
        ours.begin(), ours.end(), theirs.begin(), theirs.end(), std::back_inserter(missing)
    );
    std::vector<std::string> told;
    for (std::size_t i = 0; i < std::min(missing.size(), kMost); ++i) {
        told.push_back("the line '" + printable(missing[i]) + "'");
    }
    if (missing.size() > kMost) {
        told.push_back(std::to_string(missing.size() - kMost) + " more lines");
    }
    return told;
}

}  // namespace countersign::certs
