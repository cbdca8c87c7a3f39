#include "profiles/matching/path_doubt.hpp"

#include <cstddef>
#include <utility>

#include "certs/text/ascii.hpp"
#include "profiles/matching/path_prefix.hpp"

namespace countersign::profiles {
namespace {

/// Of one segment alone. Dot segments count at any depth, the rest in what prefixes are compared
/// with.
bool is_ambiguous(std::string_view segment, std::size_t depth) {
    return PathSegments{"/" + std::string{segment}, depth}.ambiguous();
}

std::string_view what_is_in(std::string_view segment) {
    if (segment.empty()) return "is empty";
    std::string lower{segment};
    for (char& c : lower) c = certs::to_lower(c);
    constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
        {"\\", "has a '\\', which some servers take for a '/'"},
        {";", "has a ';', behind which some servers see parameters"},
        {"%2f", "has an encoded '/'"},
        {"%5c", "has an encoded '\\'"},
        {"%25", "has an encoded '%', which some servers decode twice"},
        {"%00", "has an encoded NUL, at which some servers end"},
    };
    for (const auto& [found, said] : kKinds) {
        if (lower.find(found) != lower.npos) return said;
    }
    return "has a '%' without two digits, or UTF-8 that is longer than it may be";
}

}  // namespace

PathDoubt path_doubt(std::string_view path) {
    path = path.substr(0, path.find('?'));
    if (path.starts_with('/')) path.remove_prefix(1);
    PathDoubt doubt{path, "has something in it that servers read in different ways"};
    bool found = false;
    for (bool last = false; !last;) {
        const std::size_t end = path.find('/');
        const std::string_view segment = path.substr(0, end);
        last = end == path.npos;
        if (!last) path.remove_prefix(end + 1);
        if (is_ambiguous(segment, 0)) return {segment, "is '.' or '..' to some servers"};
        // A slash at the end begins no segment.
        const bool other = segment.empty() ? !last : is_ambiguous(segment, 1);
        if (other && !std::exchange(found, true)) doubt = {segment, what_is_in(segment)};
    }
    return doubt;
}

std::string to_text(const PathDoubt& doubt) {
    constexpr std::size_t kMost = 80;
    if (doubt.segment.empty()) return "it has two slashes with nothing between them ('//')";
    std::string text = "its segment '";
    text += doubt.segment.substr(0, kMost);
    if (doubt.segment.size() > kMost) text += " …";
    text += "' ";
    text += doubt.why;
    return text;
}

}  // namespace countersign::profiles
