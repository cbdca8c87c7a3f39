#include "proxy/http/chunked.hpp"

#include <algorithm>
#include <limits>

#include "certs/text/ascii.hpp"
#include "proxy/http/characters.hpp"
#include "proxy/http/field_name.hpp"

namespace countersign::proxy::http {

namespace {

constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kMaxSizeLine = 4 * 1024;
constexpr std::uint32_t kMaxTrailers = 16 * 1024;

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
        where_ = next(bytes[at]);
        if (where_ != Where::invalid) ++at;
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
            return only('\n', left_ == 0 ? Where::trailer_first : Where::content);
        case Where::content_cr:
            return only('\r', Where::content_lf);
        case Where::content_lf:
            return only('\n', Where::size_first);
        case Where::trailer_first:
            if (c == '\r') return Where::end_lf;
            name_length_ = 0;
            if (c == ':') return Where::invalid;
            [[fallthrough]];
        case Where::trailer_name:
            return next_in_trailer_name(c);
        case Where::trailer_value:
            if (!count_line_byte()) return Where::invalid;
            if (c == '\r') return Where::trailer_lf;
            return is_control(c) ? Where::invalid : Where::trailer_value;
        case Where::trailer_lf:
            return only('\n', Where::trailer_first);
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
    if (c == ':') {
        // Framing, routing and persistence cannot be said after the fact (RFC 9110 6.5.1); a
        // receiver that merges trailers into its fields would be deceived.
        const bool is_refused = field_name({name_, name_length_}) != FieldName::other;
        return is_refused ? Where::invalid : Where::trailer_value;
    }
    if (!is_token_char(c)) return Where::invalid;
    if (name_length_ < sizeof name_) name_[name_length_++] = c;
    return Where::trailer_name;
}

bool ChunkedScanner::count_line_byte() {
    return ++line_bytes_ <= (where_ >= Where::trailer_first ? kMaxTrailers : kMaxSizeLine);
}

}  // namespace countersign::proxy::http
