#include "proxy/http/head_reader.hpp"

#include "proxy/http/characters.hpp"
#include "proxy/http/field_name.hpp"
#include "proxy/http/field_value.hpp"
#include "proxy/http/head_meaning.hpp"
#include "proxy/http/start_line.hpp"

namespace countersign::proxy::http {

namespace {

enum class LineEnd : std::uint8_t { found, missing, bare, control };

/// Finds the CRLF of the line at `at`; `eol` is where its text ends. A control character before it
/// ends the search too, so that a line is judged when its end has come, or what can only be wrong:
/// the verdict does not depend on how the head was cut into reads.
LineEnd find_line_end(const char* at, const char* end, const char*& eol) {
    eol = find_control(at, end);
    if (eol == end) return LineEnd::missing;
    if (*eol == '\n') return LineEnd::bare;
    if (*eol != '\r') return LineEnd::control;
    if (eol + 1 == end) return LineEnd::missing;
    return eol[1] == '\n' ? LineEnd::found : LineEnd::bare;
}

HeadResult invalid(HeadError error, std::size_t field) {
    return {HeadResult::State::invalid, 0, error, field};
}

HeadResult line_problem(LineEnd end, HeadError control, std::size_t field) {
    switch (end) {
        case LineEnd::bare:
            return invalid(HeadError::bare_line_end, field);
        case LineEnd::control:
            return invalid(control, field);
        case LineEnd::missing:
        case LineEnd::found:
            break;
    }
    return {};
}

/// Nothing that ends a line came since the last look. The octet before is looked at again: it may
/// be a CR.
bool nothing_new(std::string_view bytes, std::size_t scanned) {
    if (scanned == 0 || scanned > bytes.size()) return false;
    const char* const end = bytes.data() + bytes.size();
    return find_control(bytes.data() + scanned - 1, end) == end;
}

void reset(Head& head) {
    head.method = head.target = head.reason = head.start_line = head.host = {};
    head.request_id = head.trace_parent = head.upgrade = {};
    head.has_via = head.has_proxy_status = head.takes_trailers = false;
    head.max_forwards.reset();
    head.status = 0;
    head.minor_version = 1;
    head.fields.clear();
    head.framing = Framing::none;
    head.content_length = 0;
    head.keep_alive = true;
    head.expects_continue = false;
    head.connection_auth = ConnectionAuth::none;
    head.connection_options.clear();
    head.leniencies = {};
}

/// [at, eol) is a line with neither control characters nor line end in it; `end` is the end of what
/// may be read.
HeadError read_field(const char* at, const char* eol, const char* end, Head& head) {
    const char* const colon = find_token_end(at, end);
    if (colon == at) return is_blank(*at) ? HeadError::folded_line : HeadError::bad_field_name;
    if (*colon != ':') return HeadError::bad_field_name;

    const char* value = colon + 1;
    const char* value_end = eol;
    while (value != eol && is_blank(*value)) ++value;
    while (value_end != value && is_blank(value_end[-1])) --value_end;

    Field& field = head.fields.emplace_back();
    field.name = {at, colon};
    field.id = field_name(field.name);
    field.value = {value, value_end};
    field.line = {at, eol + 2};
    return HeadError::none;
}

/// Start line and field lines up to the empty line. `read_start` reads the start line's text into
/// `head`.
template <typename ReadStart>
HeadResult read_lines(
    std::string_view bytes, std::size_t max_fields, Head& head, HeadError bad_start,
    ReadStart read_start
) {
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    const char* eol = nullptr;
    LineEnd found = find_line_end(at, end, eol);
    if (found != LineEnd::found) return line_problem(found, bad_start, 0);
    if (const HeadError error = read_start({at, eol}, head); error != HeadError::none) {
        return invalid(error, 0);
    }
    head.start_line = {at, eol + 2};

    for (at = eol + 2;; at = eol + 2) {
        found = find_line_end(at, end, eol);
        const std::size_t number = head.fields.size() + 1;
        if (found != LineEnd::found) return line_problem(found, HeadError::bad_field_value, number);
        if (eol == at) break;
        if (number > max_fields) return invalid(HeadError::too_many_fields, number);
        if (const HeadError error = read_field(at, eol, end, head); error != HeadError::none) {
            return invalid(error, number);
        }
    }
    const auto size = static_cast<std::size_t>(eol + 2 - bytes.data());
    return {HeadResult::State::complete, size, HeadError::none};
}

HeadResult with_meaning(HeadResult result, Meaning meaning) {
    return meaning.error == HeadError::none ? result : invalid(meaning.error, meaning.field);
}

}  // namespace

HeadResult parse_request_head(
    std::string_view bytes, std::size_t scanned, std::size_t max_fields, Head& head
) {
    if (nothing_new(bytes, scanned)) return {};
    reset(head);
    const HeadResult result =
        read_lines(bytes, max_fields, head, HeadError::bad_request_line, read_request_line);
    if (result.state != HeadResult::State::complete) return result;
    return with_meaning(result, understand_request(head));
}

HeadResult parse_response_head(
    std::string_view bytes, std::size_t scanned, std::size_t max_fields, bool to_head_request,
    Head& head, profiles::ResponseLeniencies allowed
) {
    if (nothing_new(bytes, scanned)) return {};
    reset(head);
    const HeadResult result =
        read_lines(bytes, max_fields, head, HeadError::bad_status_line, read_status_line);
    if (result.state != HeadResult::State::complete) return result;
    return with_meaning(result, understand_response(head, to_head_request, allowed));
}

}  // namespace countersign::proxy::http
