#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

std::string_view to_text(HeadError error) {
    switch (error) {
        case HeadError::none:
            return "no error";
        case HeadError::empty_lines:
            return "more than 100 empty lines stand in front of it";
        case HeadError::bad_request_line:
            return "the request line is not METHOD TARGET HTTP/1.x, with one space in between";
        case HeadError::blank_in_target:
            return "there is a blank in its URL, so that nobody knows where that ends";
        case HeadError::beyond_ascii_target:
            return "its URL has a character beyond ASCII, which none may have as it is";
        case HeadError::bad_status_line:
            return "the status line is not HTTP/1.x STATUS REASON, with one space in between";
        case HeadError::bad_version:
            return "the version is neither HTTP/1.0 nor HTTP/1.1";
        case HeadError::bad_field_name:
            return "a field name is empty, holds a character that no name may hold, or has white "
                   "space "
                   "before its colon";
        case HeadError::bad_field_value:
            return "a field holds a control character";
        case HeadError::folded_line:
            return "a field is folded over several lines, which HTTP/1.1 forbids";
        case HeadError::bare_line_end:
            return "a line does not end with CR LF";
        case HeadError::too_many_fields:
            return "there are more fields than limits.header_count allows";
        case HeadError::two_framings:
            return "both Content-Length and Transfer-Encoding are there, so the body's end is "
                   "ambiguous";
        case HeadError::bad_content_length:
            return "Content-Length is no number, or too large";
        case HeadError::two_lengths:
            return "Content-Length has several values, so that the body's end is ambiguous";
        case HeadError::bad_transfer_encoding:
            return "Transfer-Encoding is something else than a single 'chunked' in an HTTP/1.1 "
                   "message";
        case HeadError::missing_host:
            return "an HTTP/1.1 request needs a Host field";
        case HeadError::bad_host:
            return "there is more than one Host field";
        case HeadError::bad_connection:
            return "Connection lists something that is no token, or a field that may not be "
                   "dropped on the "
                   "way";
    }
    return "unknown error";
}

}  // namespace countersign::proxy::http
