#include "proxy/http/chunked.hpp"

#include <algorithm>
#include <limits>

#include "certs/text/ascii.hpp"
#include "proxy/http/characters.hpp"

namespace countersign::proxy::http {

namespace {

using profiles::ResponseLeniencies;
using profiles::ResponseLeniency;

constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kMaxSizeLine = 4 * 1024;
constexpr std::uint32_t kMaxTrailers = 16 * 1024;
constexpr std::size_t kMostOfTrailerName = 64;

}  // namespace

ChunkedScanner::Step ChunkedScanner::step(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size() && state() == State::more) {
        if (where_ == Where::content) {
            const auto take =
                static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
            left_ -= take;
            content_ += take;
            if (left_ == 0) where_ = Where::content_cr;
            return {State::more, at + take, bytes.substr(at, take)};
        }
        Where then = next(bytes[at]);
        if (then == Where::invalid) then = forgive(bytes[at]);
        if (then != Where::invalid) {
            ++at;
            const bool of_trailers = trailer_bytes_ > 0 || then == Where::trailer_name;
            if (of_trailers) ++trailer_bytes_;
        }
        where_ = then;
    }
    return {state(), at, {}};
}

ChunkedScanner::Step ChunkedScanner::skip(std::string_view bytes) {
    std::size_t at = 0;
    Step last = step(bytes);
    for (at = last.size; last.state == State::more && at < bytes.size(); at += last.size) {
        last = step(bytes.substr(at));
    }
    return {last.state, at, {}};
}

ChunkedScanner::State ChunkedScanner::state() const {
    if (where_ == Where::done) return State::done;
    return where_ == Where::invalid ? State::invalid : State::more;
}

ChunkedScanner::Where ChunkedScanner::next(char c) {
    const auto only = [c](char wanted, Where then) { return c == wanted ? then : Where::invalid; };
    switch (where_) {
        case Where::size_first:
        case Where::size:
            return next_in_size(c);
        case Where::extension:
            return next_in_extension(c);
        case Where::size_lf:
            line_bytes_ = 0;
            return only('\n', after_size());
        case Where::content_cr:
            return only('\r', Where::content_lf);
        case Where::content_lf:
            return only('\n', Where::size_first);
        case Where::trailer_first:
            if (c == '\r') return Where::end_lf;
            if (c == ':') return Where::invalid;
            [[fallthrough]];
        case Where::trailer_name:
            return next_in_trailer_name(c);
        case Where::trailer_value:
            if (!count_line_byte()) return Where::invalid;
            if (c == '\r') return Where::trailer_lf;
            if (is_control(c)) return Where::invalid;
            trailers_ += c;
            return Where::trailer_value;
        case Where::trailer_lf:
            return c == '\n' ? end_of_trailer() : Where::invalid;
        case Where::end_lf:
            return only('\n', Where::done);
        case Where::content:
        case Where::done:
        case Where::invalid:
            break;
    }
    return Where::invalid;
}

ChunkedScanner::Where ChunkedScanner::next_in_size(char c) {
    // No content is left where a size begins, so the digits find a zero.
    if (const int digit = certs::hex_value(c); digit >= 0) {
        if (left_ > kMaxSize >> 4 || !count_line_byte()) return Where::invalid;
        if (where_ == Where::size_first) ++chunks_;
        left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
        return Where::size;
    }
    if (where_ == Where::size_first) return Where::invalid;
    if (c == '\r') return Where::size_lf;
    extension_ = {};
    return next_in_extension(c);
}

ChunkedScanner::Where ChunkedScanner::next_in_extension(char c) {
    if (!count_line_byte()) return Where::invalid;
    if (c == '\r') return extension_.may_end() ? Where::size_lf : Where::invalid;
    return extension_.take(c) ? Where::extension : Where::invalid;
}

ChunkedScanner::Where ChunkedScanner::next_in_trailer_name(char c) {
    if (!count_line_byte()) return Where::invalid;
    if (c != ':' && !is_token_char(c)) return Where::invalid;
    trailers_ += c;
    return c == ':' ? Where::trailer_value : Where::trailer_name;
}

ChunkedScanner::Where ChunkedScanner::end_of_trailer() {
    trailers_ += "\r\n";
    return Where::trailer_first;
}

bool ChunkedScanner::count_line_byte() {
    ++line_bytes_;
    return !over_limit();
}

bool ChunkedScanner::over_limit() const {
    return line_bytes_ > (where_ >= Where::trailer_first ? kMaxTrailers : kMaxSizeLine);
}

ChunkedScanner::Where ChunkedScanner::forgive(char c) {
    const ResponseLeniencies needed = leniency_for(c);
    if (!needed.empty() && allowed_.has(needed)) {
        used_.add(needed);
        return forgiven(c);
    }
    cure_ = needed;
    wrong_where_ = where_;
    wrong_ = c;
    return Where::invalid;
}

ResponseLeniencies ChunkedScanner::leniency_for(char c) const {
    if (over_limit()) return {};
    switch (where_) {
        case Where::size:
        case Where::extension: {
            if (where_ == Where::size && c != '\n') return {};  // no extension begins so
            if (c == '\0') return {};
            if (c != '\r' && c != '\n') {
                if (!extension_.begun()) return {};
                return ResponseLeniency::chunk_extensions;
            }
            ResponseLeniencies needed;
            if (c == '\n') needed.add(ResponseLeniency::bare_lf);
            if (where_ == Where::size || extension_.may_end()) return needed;
            needed.add(
                extension_.trails_off() ? ResponseLeniency::chunk_blanks
                                        : ResponseLeniency::chunk_extensions
            );
            return needed;
        }
        case Where::content_cr:
        case Where::trailer_first:
            if (c == '\n') return ResponseLeniency::bare_lf;
            return {};
        case Where::trailer_value:
            if (c == '\n') return ResponseLeniency::bare_lf;
            if (c != '\0') return ResponseLeniency::control_characters;
            return {};
        case Where::size_first:
        case Where::size_lf:
        case Where::content:
        case Where::content_lf:
        case Where::trailer_name:
        case Where::trailer_lf:
        case Where::end_lf:
        case Where::done:
        case Where::invalid:
            break;
    }
    return {};
}

/// What follows an octet that would be wrong without a leniency.
ChunkedScanner::Where ChunkedScanner::forgiven(char c) {
    switch (where_) {
        case Where::size:
        case Where::extension:
            if (c == '\r') return Where::size_lf;
            if (c != '\n') {
                extension_.take_anything();
                return Where::extension;
            }
            line_bytes_ = 0;
            return after_size();
        case Where::content_cr:
            return Where::size_first;
        case Where::trailer_first:
            return Where::done;
        case Where::trailer_value:
            if (c == '\n') return end_of_trailer();
            trailers_ += ' ';
            return Where::trailer_value;
        default:
            return Where::invalid;
    }
}

std::string ChunkedScanner::problem() const {
    std::string text;
    if (wrong_where_ < Where::trailer_first) {
        const bool next = wrong_where_ == Where::size_first;
        text = "chunk " + std::to_string(chunks_ + (next ? 1 : 0)) + ": ";
        text += wrong_with_size();
        return text;
    }
    if (wrong_where_ == Where::end_lf) return "end of the body: CR without LF";
    if (wrong_where_ == Where::trailer_first && wrong_ == '\n') {
        return "end of the body: LF without CR";
    }
    std::string_view lines = trailers_;
    const bool folded = wrong_where_ == Where::trailer_first && is_blank(wrong_) && !lines.empty();
    if (folded) lines.remove_suffix(1);  // it is the line before that goes on
    const auto number = 1 + std::count(lines.begin(), lines.end(), '\n');
    lines.remove_prefix(lines.rfind('\n') + 1);  // npos: nothing
    text = "trailer " + std::to_string(number);
    if (const std::size_t colon = lines.find(':'); colon != lines.npos) {
        text.append(" '").append(lines.substr(0, std::min(colon, kMostOfTrailerName))) += '\'';
    }
    text += ": ";
    text += folded ? "folded over two lines" : wrong_with_trailer();
    return text;
}

std::string_view ChunkedScanner::wrong_with_size() const {
    const char c = wrong_;
    if (line_bytes_ > kMaxSizeLine) return "more than 4 KiB in the line of its size";
    switch (wrong_where_) {
        case Where::size_first:
            if (is_blank(c)) return "blank in front of the size";
            return c == '\r' || c == '\n' ? "empty line where its size should stand"
                                          : "no hexadecimal size";
        case Where::size:
        case Where::extension:
            if (certs::hex_value(c) >= 0 && wrong_where_ == Where::size)
                return "size above 2^63 - 1";
            if (c == '\n') return "LF without CR behind the size";
            if (wrong_where_ == Where::size)
                return "something else than hexadecimal digits in the size";
            if (c != '\r') {
                return extension_.begun() ? "extension that is not ';' NAME [= VALUE]"
                                          : "text behind the size";
            }
            if (!extension_.begun()) return "blank behind the size";
            return extension_.trails_off() ? "blank behind the extension"
                                           : "extension that is not ';' NAME [= VALUE]";
        case Where::size_lf:
            return "CR without LF behind the size";
        case Where::content_cr:
            return c == '\n' ? "LF without CR behind the content"
                             : "longer than its size says, or no CR LF behind the content";
        case Where::content_lf:
            return "CR without LF behind the content";
        default:
            return "malformed";
    }
}

std::string_view ChunkedScanner::wrong_with_trailer() const {
    const char c = wrong_;
    if (line_bytes_ > kMaxTrailers) return "more than 16 KiB of trailers";
    switch (wrong_where_) {
        case Where::trailer_first:
            if (c == ':') return "no name in front of the colon";
            [[fallthrough]];
        case Where::trailer_name:
            if (is_blank(c)) return "blank in its name, or in front of the colon";
            return c == '\r' || c == '\n' ? "no colon" : "character that no name may have";
        case Where::trailer_value:
            return c == '\n' ? "LF without CR at its end" : "control character";
        case Where::trailer_lf:
            return "CR without LF at its end";
        default:
            return "malformed";
    }
}

}  // namespace countersign::proxy::http
