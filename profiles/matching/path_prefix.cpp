#include "profiles/matching/path_prefix.hpp"

#include <algorithm>

#include "certs/text/ascii.hpp"

namespace countersign::profiles {
namespace {

using certs::hex_value;

/// The byte that the escape at the front of `text` stands for; -1 where there is none.
int escaped(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') return -1;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool is_unreserved(char c) {
    return certs::is_letter(c) || certs::is_digit(c) || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

/// One byte of a path, taken off the front of `rest`; escapes of escapes are decoded too.
int take_byte(std::string_view& rest) {
    const auto first = static_cast<unsigned char>(rest.front());
    int byte = escaped(rest);
    rest.remove_prefix(byte < 0 ? 1 : 3);
    while (byte == '%' && rest.size() >= 2 && hex_value(rest[0]) >= 0 && hex_value(rest[1]) >= 0) {
        byte = hex_value(rest[0]) * 16 + hex_value(rest[1]);
        rest.remove_prefix(2);
    }
    return byte < 0 ? first : byte;
}

/// How many bytes follow that one where it begins an ASCII character that is written longer than
/// UTF-8 allows; 0 where it does not.
int overlong_rest(int byte) {
    switch (byte) {
        case 0xc0:
        case 0xc1:
            return 1;
        case 0xe0:
            return 2;
        case 0xf0:
            return 3;
        case 0xf8:
            return 4;
        case 0xfc:
            return 5;
        default:
            return 0;
    }
}

/// What follows its first byte: C0 AE or E0 80 AE for a dot. Some take the last six bits for what
/// they are, and do not look at the first two (C0 2E): where that would give a path another form.
/// -1 where `byte` begins no such thing.
int take_overlong(int byte, std::string_view& rest) {
    auto look = rest;
    for (int left = overlong_rest(byte); left > 0; --left) {
        if (look.empty()) return -1;
        const int next = take_byte(look);
        if (left == 1) {
            const int value = ((byte & 1) << 6) | (next & 0x3f);
            const bool forms = value == '.' || value == '/' || value == '\\';
            if ((next & 0xc0) != 0x80 && !forms) return -1;
            rest = look;
            return value;
        }
        // The one before the last has the seventh bit.
        if ((left == 2 ? next & ~1 : next) != 0x80) return -1;
        byte = next;
    }
    return -1;
}

/// The four digits of IIS's "%u002e" behind the '%'; the full width forms are what they look like.
/// -1 where they are not there.
int take_u_escape(std::string_view& rest) {
    if (rest.size() < 5 || (rest[0] | 0x20) != 'u') return -1;
    int value = 0;
    for (const char c : rest.substr(1, 4)) {
        if (hex_value(c) < 0) return -1;
        value = value * 16 + hex_value(c);
    }
    rest.remove_prefix(5);
    return value >= 0xff01 && value <= 0xff5e ? value - 0xfee0 : value;
}

/// One character of a path as the most lenient of servers would read it.
char take_lenient(std::string_view& rest) {
    const int byte = take_byte(rest);
    const int other = byte == '%' ? take_u_escape(rest) : take_overlong(byte, rest);
    return static_cast<char>(other >= 0 && other < 0x80 ? other : byte);
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
        // Some leave them out.
        if (c == '\t' || c == '\n' || c == '\r' || c == ' ') continue;
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
        if (auto look = segment; take_overlong(byte, look) >= 0) ambiguous_ = true;
        if (byte >= 0 && is_unreserved(static_cast<char>(byte))) {
            put(static_cast<char>(byte));
        } else if (byte >= 0 || (c & 0x80) != 0) {
            const auto value = static_cast<std::size_t>(
                byte >= 0 ? byte : static_cast<int>(static_cast<unsigned char>(c))
            );
            put('%');
            put(certs::to_upper(certs::kHexDigits[value / 16]));
            put(certs::to_upper(certs::kHexDigits[value % 16]));
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
