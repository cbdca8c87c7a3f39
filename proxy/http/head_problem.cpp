#include "proxy/http/head_problem.hpp"

#include <algorithm>

#include "proxy/http/characters.hpp"
#include "proxy/http/field_value.hpp"

namespace countersign::proxy::http {

namespace {

constexpr std::size_t kMostOfName = 64;

/// 0 is the start line. Without its end.
std::string_view line_at(std::string_view bytes, std::size_t number) {
    for (; number > 0; --number) {
        const std::size_t end = bytes.find('\n');
        if (end == bytes.npos) return {};
        bytes.remove_prefix(end + 1);
    }
    return bytes.substr(0, bytes.find('\n'));
}

/// The name of a field line; empty where what stands there may be none.
std::string_view name_in(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return {};
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    return std::all_of(name.begin(), name.end(), is_token_char) ? name : std::string_view{};
}

std::string octet_text(char c) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto octet = static_cast<unsigned char>(c);
    return {'0', 'x', kDigits[octet >> 4], kDigits[octet & 15]};
}

std::string control_in(std::string_view line) {
    std::string text = "control character";
    const auto found = std::find_if(line.begin(), line.end(), is_control);
    if (found != line.end()) text += ' ' + octet_text(*found);
    return text;
}

std::string_view wrong_with_name(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return "no colon";
    if (colon == 0) return "no name in front of the colon";
    return is_blank(line[colon - 1]) ? "white space in front of its colon"
                                     : "character in its name that no name may have";
}

std::string wrong_with(std::string_view line, HeadError error) {
    switch (error) {
        case HeadError::bad_status_line:
            return "not HTTP/1.x STATUS REASON, with one space in between";
        case HeadError::bad_version:
            return "neither HTTP/1.0 nor HTTP/1.1";
        case HeadError::bad_field_name:
            return std::string{wrong_with_name(line)};
        case HeadError::bad_field_value:
            return control_in(line);
        case HeadError::folded_line:
            return "folded over two lines, which HTTP/1.1 forbids";
        case HeadError::bare_line_end:
            return line.find('\r') == line.npos ? "LF without CR at the end of the line"
                                                : "CR without LF";
        case HeadError::too_many_fields:
            return "more fields than limits.header_count allows";
        case HeadError::two_framings:
            return "both Content-Length and Transfer-Encoding are there, so that the body's end is "
                   "ambiguous";
        case HeadError::bad_content_length:
            return "no number, or too large";
        case HeadError::two_lengths:
            return "several values, so that the body's end is ambiguous";
        case HeadError::bad_transfer_encoding:
            return "something else than a single 'chunked' in an HTTP/1.1 message";
        case HeadError::bad_connection:
            return "lists something that is no token";
        case HeadError::none:
        case HeadError::empty_lines:
        case HeadError::bad_request_line:
        case HeadError::blank_in_target:
        case HeadError::beyond_ascii_target:
        case HeadError::missing_host:
        case HeadError::bad_host:
            break;
    }
    return std::string{to_text(error)};
}

}  // namespace

std::string head_problem(std::string_view bytes, const HeadResult& result) {
    std::size_t field = result.field;
    std::string_view line = line_at(bytes, field);
    if (result.error == HeadError::folded_line && field > 1) line = line_at(bytes, --field);
    std::string text;
    if (field == 0) {
        text = "status line";
    } else if (line.empty() || line == "\r") {
        text = "end of the head";
    } else {
        text = "field " + std::to_string(field);
        const std::string_view name = name_in(line).substr(0, kMostOfName);
        if (!name.empty()) text.append(" '").append(name) += '\'';
    }
    return text.append(": ") += wrong_with(line, result.error);
}

}  // namespace countersign::proxy::http
