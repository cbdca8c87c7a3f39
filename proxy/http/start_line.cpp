#include "proxy/http/start_line.hpp"

#include "proxy/http/characters.hpp"

namespace countersign::proxy::http {

namespace {

constexpr std::size_t kVersionSize = 8;  // "HTTP/1.1"

/// "HTTP/1.x" at the front of `text`. A later minor version is spoken to as 1.1 (RFC 9110 2.5).
HeadError read_version(std::string_view text, HeadError otherwise, std::uint8_t& minor) {
    if (text.size() < kVersionSize || !text.starts_with("HTTP/")) return otherwise;
    if (!is_digit(text[5]) || text[6] != '.' || !is_digit(text[7])) return otherwise;
    if (text[5] != '1') return HeadError::bad_version;
    minor = text[7] == '0' ? 0 : 1;
    return HeadError::none;
}

/// What is wrong with a line that is no request line, or whose version is not looked at yet.
HeadError request_line_problem(std::string_view line) {
    const std::size_t begin = line.find(' ') + 1;
    const std::size_t end = line.rfind(' ');
    const bool is_framed =
        begin > 1 && end != line.npos && end > begin && line.substr(end + 1).starts_with("HTTP/1.");
    if (!is_framed) return HeadError::bad_request_line;
    const std::string_view target = line.substr(begin, end - begin);
    bool blank = false;
    for (const char c : target) {
        if (c == ' ') {
            blank = true;
        } else if ((c & 0x80) != 0) {
            return HeadError::beyond_ascii_target;
        } else if (ends_target(c)) {
            return HeadError::bad_request_line;
        }
    }
    // One at its front or end may be one too many in between.
    const bool inside = blank && target.front() != ' ' && target.back() != ' ';
    return inside ? HeadError::blank_in_target : HeadError::bad_request_line;
}

}  // namespace

HeadError read_request_line(std::string_view line, Head& head) {
    const char* const begin = line.data();
    const char* const end = begin + line.size();
    const char* const method_end = find_token_end(begin, end);
    if (method_end == begin || method_end == end || *method_end != ' ') {
        return HeadError::bad_request_line;
    }
    const char* const target = method_end + 1;
    const char* const target_end = find_target_end(target, end);
    if (target_end == target || target_end == end || *target_end != ' ') {
        return request_line_problem(line);
    }
    const std::string_view version(target_end + 1, end);
    if (version.size() != kVersionSize) return request_line_problem(line);
    head.method = {begin, method_end};
    head.target = {target, target_end};
    return read_version(version, HeadError::bad_request_line, head.minor_version);
}

HeadError read_status_line(std::string_view line, Head& head) {
    const HeadError error = read_version(line, HeadError::bad_status_line, head.minor_version);
    if (error != HeadError::none) return error;
    const std::string_view rest = line.substr(kVersionSize);
    if (rest.size() < 4 || rest[0] != ' ' || rest[1] < '1' || rest[1] > '9' || !is_digit(rest[2]) ||
        !is_digit(rest[3])) {
        return HeadError::bad_status_line;
    }
    // RFC 9112 4 wants a SP even before an empty reason; servers that leave it out are common.
    if (rest.size() > 4 && rest[4] != ' ') return HeadError::bad_status_line;
    const auto digit = [rest](std::size_t at) { return rest[at] - '0'; };
    head.status = static_cast<std::uint16_t>(digit(1) * 100 + digit(2) * 10 + digit(3));
    if (rest.size() > 5) head.reason = rest.substr(5);
    return HeadError::none;
}

}  // namespace countersign::proxy::http
