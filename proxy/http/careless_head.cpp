#include "proxy/http/careless_head.hpp"

#include <algorithm>

#include "proxy/http/characters.hpp"
#include "proxy/http/field_name.hpp"

namespace countersign::proxy::http {

namespace {

using profiles::ResponseLeniencies;
using profiles::ResponseLeniency;

constexpr std::string_view kResponseVersion = "HTTP/1.1";
constexpr std::size_t kMostBeforeReason =
    std::string_view{" 200"}.size();  // it begins behind a blank

/// Writes the head's lines one by one.
class Mender {
public:
    Mender(ResponseLeniencies allowed, std::string& out) : allowed_{allowed}, out_{out} {}

    /// `line` is all up to a LF. False where it cannot be mended.
    bool take(std::string_view line) {
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        } else if (!needs(ResponseLeniency::bare_lf)) {
            return false;
        }
        if (line.find('\r') != line.npos) return false;
        const std::size_t begin = out_.size();
        const bool is_status_line = begin == 0;
        if (!take_line(line, is_status_line)) return false;
        out_ += "\r\n";
        return true;
    }

    /// Of a line that is not complete: the same, but nothing of it is written yet.
    bool look_at(std::string_view begun) {
        if (begun.ends_with('\r')) begun.remove_suffix(1);
        const std::size_t begin = out_.size();
        const bool mends = begun.find('\r') == begun.npos && take_line(begun, begin == 0);
        out_.resize(begin);
        return mends;
    }

    ResponseLeniencies used() const { return used_; }

private:
    bool needs(ResponseLeniency one) {
        used_.add(one);
        return allowed_.has(one);
    }

    bool take_line(std::string_view line, bool is_status_line) {
        if (is_status_line) return take_status_line(line);
        const std::size_t colon = line.find(':');
        // On what the proxy acts, a control character could change what it says.
        const bool as_it_is = field_name(line.substr(0, colon)) != FieldName::other;
        return take_text(line, as_it_is ? line.npos : colon);
    }

    bool take_status_line(std::string_view line) {
        const std::string_view version = line.substr(0, kResponseVersion.size());
        std::string_view rest = line.substr(version.size());
        std::size_t blanks = 0;
        while (blanks < rest.size() && is_blank(rest[blanks])) ++blanks;
        if (blanks > 0 && rest.substr(0, blanks) != " ") {
            if (!needs(ResponseLeniency::status_line_blanks)) return false;
            rest.remove_prefix(blanks);
            out_.append(version) += ' ';
            return take_text(rest, kMostBeforeReason - 1);
        }
        out_ += version;
        return take_text(rest, kMostBeforeReason);
    }

    /// Control characters may stand behind `from`, and become blanks.
    bool take_text(std::string_view text, std::size_t from) {
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char c = text[at];
            if (!is_control(c)) {
                out_ += c;
                continue;
            }
            if (c == '\0' || from >= at) return false;
            if (!needs(ResponseLeniency::control_characters)) return false;
            out_ += ' ';
        }
        return true;
    }

    ResponseLeniencies allowed_;
    ResponseLeniencies used_;
    std::string& out_;
};

}  // namespace

HeadResult read_careless_head(
    std::string_view bytes, std::size_t max_fields, bool to_head_request,
    ResponseLeniencies allowed, std::string& mended, Head& head
) {
    constexpr HeadResult kInvalid{HeadResult::State::invalid};
    mended.clear();
    Mender mender{allowed, mended};
    std::size_t size = 0;
    while (!mended.ends_with("\r\n\r\n")) {
        const std::size_t end = bytes.find('\n', size);
        if (end == bytes.npos) {
            if (!mender.look_at(bytes.substr(size))) return kInvalid;
            break;
        }
        if (!mender.take(bytes.substr(size, end - size))) return kInvalid;
        size = end + 1;
    }
    HeadResult result = parse_response_head(mended, 0, max_fields, to_head_request, head, allowed);
    if (result.state == HeadResult::State::invalid) return kInvalid;
    head.leniencies.add(mender.used());
    if (head.leniencies.empty()) return kInvalid;
    if (result.state == HeadResult::State::complete) result.size = size;
    return result;
}

}  // namespace countersign::proxy::http
