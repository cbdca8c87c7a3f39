#include "profiles/matching/path_prefix.hpp"

#include <algorithm>

namespace countersign::profiles {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The byte that the escape at the front of `text` stands for; -1 where there is none.
int escaped(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') return -1;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool is_unreserved(int byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

/// One character of a path as the most lenient of servers would read it: escapes of escapes are
/// decoded too. Taken off the front of `rest`.
char take_lenient(std::string_view& rest) {
    char c = rest.front();
    int byte = escaped(rest);
    rest.remove_prefix(byte < 0 ? 1 : 3);
    while (byte == '%' && rest.size() >= 2 && hex_value(rest[0]) >= 0 && hex_value(rest[1]) >= 0) {
        byte = hex_value(rest[0]) * 16 + hex_value(rest[1]);
        rest.remove_prefix(2);
    }
    if (byte >= 0) c = static_cast<char>(byte);
    return c;
}

/// Whether some server would take a segment for "." or "..": with its slashes encoded, turned
/// round, or followed by parameters ("..;x").
bool has_dot_segment(std::string_view path) {
    if (path.find("/.") == path.npos && path.find('%') == path.npos &&
        path.find('\\') == path.npos) {
        return false;
    }
    std::size_t dots = 0;
    bool only_dots = false;
    while (!path.empty()) {
        const char c = take_lenient(path);
        const bool border = c == '/' || c == '\\';
        if ((border || c == ';' || c == '\0') && only_dots && dots > 0) return true;
        if (border) {
            only_dots = true;
            dots = 0;
        } else if (c == '.' && dots < 2) {
            ++dots;
        } else {
            only_dots = false;
        }
    }
    return only_dots && dots > 0;
}

}  // namespace

PathSegments::PathSegments(std::string_view path, std::size_t depth) {
    path = path.substr(0, path.find('?'));
    ambiguous_ = has_dot_segment(path);
    if (!path.starts_with('/')) return;
    for (std::size_t taken = 0; taken < depth && !path.empty(); ++taken) {
        path.remove_prefix(1);
        const auto segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        // A slash at the end begins no segment.
        if (segment.empty() && path.empty()) return;
        add_segment(segment);
    }
}

void PathSegments::add_segment(std::string_view segment) {
    if (segment.empty()) ambiguous_ = true;
    const auto put = [this](char c) {
        if (size_ == text_.size()) full_ = true;
        if (!full_) text_[size_++] = c;
    };
    put('/');
    while (!segment.empty()) {
        const char c = segment.front();
        const int byte = escaped(segment);
        if (c == ';' || c == '\\' || (c == '%' && byte < 0)) ambiguous_ = true;
        if (byte == '/' || byte == '\\' || byte == '%' || byte == 0) ambiguous_ = true;
        segment.remove_prefix(byte < 0 ? 1 : 3);
        if (byte >= 0 && is_unreserved(byte)) {
            put(static_cast<char>(byte));
        } else if (byte >= 0 || (c & 0x80) != 0) {
            const auto value = static_cast<std::size_t>(
                byte >= 0 ? byte : static_cast<int>(static_cast<unsigned char>(c))
            );
            put('%');
            put(kHexDigits[value / 16]);
            put(kHexDigits[value % 16]);
        } else {
            put(c);
        }
    }
    // What does not fit is longer than every prefix.
    if (full_) return;
    ends_[count_++] = static_cast<std::uint16_t>(size_);
}

std::optional<PathPrefix> PathPrefix::parse(std::string_view text) {
    const bool clean = text.starts_with('/') && !text.ends_with('/') &&
                       text.find_first_of("?# \t\r\n\"<>") == text.npos;
    if (!clean) return std::nullopt;
    const auto wanted = static_cast<std::size_t>(std::ranges::count(text, '/'));
    if (wanted > kMostSegments) return std::nullopt;

    const PathSegments read{text, wanted};
    if (read.ambiguous() || read.count() != wanted) return std::nullopt;
    PathPrefix prefix;
    prefix.text_ = read.first(wanted);
    prefix.segments_ = wanted;
    return prefix;
}

}  // namespace countersign::profiles
