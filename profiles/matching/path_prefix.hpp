#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::profiles {

/// What a profile says of paths: "/orders" is /orders and all below it, not /orders2. Kept in the
/// spelling that `PathSegments` gives.
class PathPrefix {
public:
    static constexpr std::size_t kMostSegments = 16;
    static constexpr std::size_t kLongest = 512;

    /// nullopt where it is no such prefix: without a '/' at its front, or with one at its end; an
    /// empty or a dot segment; what servers read in different ways ('\', ';', %2F, %5C, %25, %00);
    /// a query; more than 16 segments or 512 bytes.
    static std::optional<PathPrefix> parse(std::string_view text);

    const std::string& text() const { return text_; }
    std::size_t segments() const { return segments_; }
    friend bool operator==(const PathPrefix&, const PathPrefix&) = default;

private:
    std::string text_;
    std::size_t segments_ = 0;
};

/// The front of a request's path, for comparing it with prefixes: percent-encoded letters, digits
/// and "-._~" decoded, other escapes in upper case. Two spellings of one path (RFC 3986 6.2.2) are
/// the same here. Letters' case counts. Allocates nothing.
///
/// A path that two servers may read in two ways is `ambiguous`: a dot segment anywhere, however it
/// is written, and with blanks or line ends in it, which some leave out; and in the first `depth`
/// segments, which prefixes are compared with, an empty segment, a backslash, ';', an encoded
/// slash, backslash, percent sign or NUL, an ASCII character in overlong UTF-8, or a '%' without
/// its two digits. The profile that is found for it might not be the one for what the server
/// serves.
class PathSegments {
public:
    /// `path` may end with a query.
    PathSegments(std::string_view path, std::size_t depth);

    bool ambiguous() const { return ambiguous_; }
    /// How many segments of the first `depth` it has, and that fit a prefix.
    std::size_t count() const { return count_; }
    /// The first `segments` of them: "/orders/open".
    std::string_view first(std::size_t segments) const {
        return {text_.data(), segments == 0 ? std::size_t{0} : ends_[segments - 1]};
    }
    bool begins_with(const PathPrefix& prefix) const {
        return prefix.segments() <= count_ && first(prefix.segments()) == prefix.text();
    }

private:
    void add_segment(std::string_view segment);

    std::array<char, PathPrefix::kLongest> text_;
    std::array<std::uint16_t, PathPrefix::kMostSegments> ends_;
    std::size_t size_ = 0;
    std::size_t count_ = 0;
    bool full_ = false;
    bool ambiguous_ = false;
};

}  // namespace countersign::profiles
