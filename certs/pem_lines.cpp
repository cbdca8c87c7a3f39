#include "certs/pem_lines.hpp"

#include <algorithm>
#include <cstdint>

#include "certs/printable.hpp"
#include "certs/text/base64.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {
namespace {

constexpr std::string_view kBegin = "-----BEGIN";
constexpr std::string_view kEnd = "-----END";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kBlank = " \t";
constexpr std::string_view kSpace = " \t\r\n\v\f";
constexpr std::size_t kLongestLabel = 60;
constexpr std::size_t kLineLength = 64;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// How many bytes at the front stand for a line end that was written out: "\n", "\r".
std::size_t written_line_end(std::string_view text) {
    return text.starts_with("\\n") || text.starts_with("\\r") ? 2 : 0;
}

bool ends_with_written_line_end(std::string_view text) {
    return text.ends_with("\\n") || text.ends_with("\\r");
}

/// What stands on the line in front of its end, which may be cut off.
std::string_view last_line_of(std::string_view text) {
    std::size_t begin = text.find_last_of("\r\n");
    begin = begin == text.npos ? 0 : begin + 1;
    return text.substr(begin);
}

/// Nothing but what no eye sees.
bool is_nothing(std::string_view line) {
    while (!line.empty()) {
        if (kBlank.find(line.front()) != kBlank.npos) {
            line.remove_prefix(1);
        } else if (line.starts_with(kByteOrderMark)) {
            line.remove_prefix(kByteOrderMark.size());
        } else if (const std::size_t length = written_line_end(line); length > 0) {
            line.remove_prefix(length);
        } else {
            return false;
        }
    }
    return true;
}

/// A line "-----BEGIN label-----", wherever it ends.
struct Boundary {
    std::string_view label;
    std::size_t behind;  ///< in the text that it was looked for in
};

std::optional<Boundary> boundary_at(std::string_view text, std::size_t at, std::string_view word) {
    const std::size_t label = at + word.size();
    const std::string_view rest = text.substr(label, kLongestLabel);
    const std::size_t dashes = rest.find(kDashes);
    if (dashes == rest.npos || rest.substr(0, dashes).find_first_of("\r\n\\") != rest.npos) {
        return std::nullopt;
    }
    const std::string_view name = trimmed(rest.substr(0, dashes));
    if (name.empty() || printable(name) != name) return std::nullopt;
    return Boundary{name, label + dashes + kDashes.size()};
}

/// What is wrong with a text, and where.
struct Fault {
    std::size_t at = 0;
    std::string is;  ///< after "line 3 "
};

/// Writes a text with its lines mended.
class Mender {
public:
    explicit Mender(std::string_view text) : text_{text} {}

    /// False: see `fault`.
    bool run() {
        out_.reserve(text_.size() + text_.size() / kLineLength + kLineLength);
        std::size_t at = 0;
        for (std::size_t begin = find_begin(text_); begin != text_.npos;
             begin = find_begin(text_, at)) {
            if (!take_between(text_.substr(at, begin - at), begin)) return false;
            const std::optional<std::size_t> behind = take_block(begin);
            if (!behind) return false;
            at = *behind;
        }
        add(text_.substr(at));
        return true;
    }

    SecretBytes take() { return std::move(out_); }
    const Fault& fault() const { return fault_; }

private:
    bool fails(std::size_t at, std::string is) {
        fault_ = {at, std::move(is)};
        return false;
    }

    void add(std::string_view text) { out_.insert(out_.end(), text.begin(), text.end()); }
    void add_line(std::string_view text) {
        add(text);
        out_.push_back('\n');
    }

    bool take_between(std::string_view between, std::size_t begin) {
        const std::string_view line = last_line_of(between);
        if (!is_nothing(line) && !ends_with_written_line_end(line)) {
            return fails(begin, "has text before its BEGIN");
        }
        add(between.substr(0, between.size() - (is_nothing(line) ? line.size() : 0)));
        if (!out_.empty() && out_.back() != '\n') out_.push_back('\n');
        return true;
    }

    std::optional<std::size_t> take_block(std::size_t begin) {
        const auto opened = boundary_at(text_, begin, kBegin);
        if (!opened) {
            fails(begin, "has a BEGIN without a name and five dashes behind it");
            return std::nullopt;
        }
        const std::size_t end = text_.find(kEnd, opened->behind);
        if (end == text_.npos || find_begin(text_, opened->behind) < end) return std::nullopt;
        const auto closed = boundary_at(text_, end, kEnd);
        if (!closed || closed->label != opened->label) {
            fails(end, "does not end what begins as " + std::string{opened->label});
            return std::nullopt;
        }
        std::string begin_line{kBegin};
        add_line(begin_line.append(" ").append(opened->label).append(kDashes));
        if (!take_content(opened->behind, end)) return std::nullopt;
        std::string end_line{kEnd};
        add_line(end_line.append(" ").append(opened->label).append(kDashes));
        return skip_line_end(closed->behind);
    }

    std::size_t skip_line_end(std::size_t at) const {
        while (at < text_.size()) {
            const std::size_t written = written_line_end(text_.substr(at));
            if (written == 0 && kBlank.find(text_[at]) == kBlank.npos) break;
            at += std::max<std::size_t>(written, 1);
        }
        if (at < text_.size() && text_[at] == '\r') ++at;
        if (at < text_.size() && text_[at] == '\n') ++at;
        return at;
    }

    /// RFC 1421's fields, which an encrypted key of the old kind has, and the base64.
    bool take_content(std::size_t at, std::size_t end) {
        constexpr std::string_view kFirst = "Proc-Type:";
        constexpr std::string_view kSecond = "DEK-Info:";
        at = skip_space(at, end);
        if (text_.substr(at, end - at).starts_with(kFirst)) {
            for (const std::string_view name : {kFirst, kSecond}) {
                at = skip_space(at, end);
                if (!text_.substr(at, end - at).starts_with(name)) {
                    return fails(at, "lacks the field " + std::string{name});
                }
                const std::size_t value = skip_space(at + name.size(), end);
                std::size_t behind = value;
                while (behind < end && skip_space(behind, end) == behind) ++behind;
                add(name);
                out_.push_back(' ');
                add_line(text_.substr(value, behind - value));
                at = behind;
            }
            out_.push_back('\n');
        }
        return take_base64(at, end);
    }

    bool take_base64(std::size_t at, std::size_t end) {
        std::size_t column = 0;
        bool ended = false;
        for (at = skip_space(at, end); at < end; at = skip_space(at + 1, end)) {
            const char c = text_[at];
            if (base64_value(c) < 0 && c != '=') {
                const auto byte = static_cast<unsigned char>(c);
                const bool plain = byte > ' ' && byte < 0x7f;
                return fails(
                    at, plain ? std::string{"has the character '"} + c + "', which base64 has not"
                              : "has a character that base64 has not"
                );
            }
            if (ended && c != '=') return fails(at, "goes on behind the end of its base64");
            ended = c == '=';
            out_.push_back(static_cast<unsigned char>(c));
            if (++column % kLineLength == 0) out_.push_back('\n');
        }
        if (column % kLineLength != 0) out_.push_back('\n');
        return true;
    }

    std::size_t skip_space(std::size_t at, std::size_t end) const {
        while (at < end) {
            const std::size_t written = written_line_end(text_.substr(at, end - at));
            if (written == 0 && kSpace.find(text_[at]) == kSpace.npos) break;
            at += std::max<std::size_t>(written, 1);
        }
        return at;
    }

    const std::string_view text_;
    SecretBytes out_;
    Fault fault_;
};

}  // namespace

std::size_t find_begin(std::string_view text, std::size_t from) {
    for (std::size_t at = text.find(kBegin, from); at != text.npos;
         at = text.find(kBegin, at + 1)) {
        const std::size_t behind = at + kBegin.size();
        if (behind == text.size()) break;
        const auto next = static_cast<unsigned char>(text[behind]);
        const bool line_ends = next == '\n' || next == '\r';
        if (!line_ends && (next <= ' ' || next == 0x7f)) return at;
    }
    return text.npos;
}

std::optional<SecretBytes> utf8_of_marked_utf16(ByteView bytes) {
    if (bytes.size() < 2) return std::nullopt;
    const bool little = bytes[0] == 0xff && bytes[1] == 0xfe;
    const bool big = bytes[0] == 0xfe && bytes[1] == 0xff;
    if (!little && !big) return std::nullopt;
    const auto unit = [&](std::size_t at) -> char32_t {
        if (at + 1 >= bytes.size()) return 0;
        return little ? bytes[at] | bytes[at + 1] * 0x100u : bytes[at] * 0x100u | bytes[at + 1];
    };
    SecretBytes out;
    out.reserve(bytes.size() / 2 * 3);
    std::string one;
    for (std::size_t at = 2; at + 1 < bytes.size(); at += 2) {
        char32_t code = unit(at);
        const char32_t low = unit(at + 2);
        const bool is_pair = code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000;
        if (is_pair) {
            code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
            at += 2;
        } else if (code >= 0xd800 && code < 0xe000) {
            code = 0xfffd;
        }
        one.clear();
        append_utf8(one, code);
        out.insert(out.end(), one.begin(), one.end());
    }
    return out;
}

std::optional<SecretBytes> with_lines_mended(std::string_view text) {
    Mender mender{text};
    if (!mender.run()) return std::nullopt;
    return mender.take();
}

std::string what_is_wrong_with_lines(std::string_view text) {
    Mender mender{text};
    if (mender.run() || mender.fault().is.empty()) return {};
    const std::string_view before = text.substr(0, mender.fault().at);
    const auto line = std::ranges::count(before, '\n') + 1;
    return "line " + std::to_string(line) + " " + mender.fault().is;
}

}  // namespace countersign::certs
