#include "proxy/http/head_meaning.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "proxy/http/field_name.hpp"
#include "proxy/http/field_value.hpp"
#include "proxy/http/upgrade.hpp"

namespace countersign::proxy::http {

namespace {

using profiles::ResponseLeniencies;
using profiles::ResponseLeniency;

constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

enum class Side : std::uint8_t { request, response };

/// What was heard so far, field by field.
struct Heard {
    Side side;
    bool length = false;
    bool chunked = false;
    bool host = false;
    bool close = false;
    bool keep_alive = false;
    bool upgrade = false;
    ResponseLeniencies allowed = {};

    /// Whether what is wrong may pass. Its connection is not used again.
    bool forgives(ResponseLeniency one, Head& head) {
        if (!allowed.has(one)) return false;
        head.leniencies.add(one);
        return close = true;
    }
};

/// 1*DIGIT up to 2^63-1. A sign, white space inside, "0x" are refused: servers read these
/// differently.
bool read_length(std::string_view text, std::uint64_t& length) {
    if (text.empty()) return false;
    length = 0;
    for (const char c : text) {
        if (!is_digit(c)) return false;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (length > (kMaxLength - digit) / 10) return false;
        length = length * 10 + digit;
    }
    return true;
}

/// Repeated, but equal, lengths are one length (RFC 9110 8.6). As a list within one line only from
/// a server: many a request parser reads such a list up to its comma.
HeadError hear_length(std::string_view value, Head& head, Heard& heard) {
    ListElements elements(value);
    std::string_view element;
    for (bool first = true; elements.next(element); first = false) {
        std::uint64_t length = 0;
        if (!first && heard.side == Side::request) return HeadError::two_lengths;
        if (!read_length(element, length)) return HeadError::bad_content_length;
        if (heard.length && length != head.content_length) return HeadError::two_lengths;
        heard.length = true;
        head.content_length = length;
    }
    return HeadError::none;
}

/// Other codings than a single "chunked" are nobody's practice, and each is a way to hide a length;
/// an HTTP/1.0 message with one is faulty by RFC 9112 6.1.
HeadError hear_encoding(std::string_view value, Head& head, Heard& heard) {
    if (heard.chunked || !same_ignoring_case(value, "chunked")) {
        return HeadError::bad_transfer_encoding;
    }
    if (head.minor_version == 0 && !heard.forgives(ResponseLeniency::http10_chunked, head)) {
        return HeadError::bad_transfer_encoding;
    }
    heard.chunked = true;
    return HeadError::none;
}

HeadError hear_connection(std::string_view value, Head& head, Heard& heard, bool with_options) {
    ListElements elements(value);
    std::string_view option;
    while (elements.next(option)) {
        if (option.empty()) continue;  // RFC 9110 5.6.1.2
        if (find_token_end(option.data(), option.data() + option.size()) !=
            option.data() + option.size()) {
            if (!heard.forgives(ResponseLeniency::connection_options, head)) {
                return HeadError::bad_connection;
            }
            continue;
        }
        if (same_ignoring_case(option, "close")) {
            heard.close = true;
        } else if (same_ignoring_case(option, "keep-alive")) {
            heard.keep_alive = true;
        } else if (with_options) {
            // A client that could have Host or Authorization dropped on the way would choose what a
            // server sees. From servers "Connection: Transfer-Encoding" is known; there the option
            // is ignored, the field stays.
            if (!is_end_to_end(option)) {
                head.connection_options.push_back(option);
            } else if (heard.side == Side::request) {
                return HeadError::bad_connection;
            }
        }
    }
    return HeadError::none;
}

HeadError hear_host(std::string_view value, Head& head, Heard& heard) {
    if (heard.side == Side::response) return HeadError::none;
    if (heard.host) return HeadError::bad_host;
    heard.host = true;
    head.host = value;
    return HeadError::none;
}

/// Of what a request says once.
void hear_id(std::string_view value, Side side, std::string_view& heard) {
    if (side == Side::response) return;
    heard = heard.data() == nullptr ? value : value.substr(0, 0);
}

void hear_te(std::string_view value, Head& head, Side side) {
    if (side == Side::response || head.minor_version == 0) return;
    ListElements elements(value);
    std::string_view element;
    while (elements.next(element)) {
        if (same_ignoring_case(element, "trailers")) head.takes_trailers = true;
    }
}

void hear_max_forwards(std::string_view value, Head& head) {
    std::uint64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    if (value.empty() || read.ec != std::errc{} || read.ptr != end) return;
    head.max_forwards = std::min(head.max_forwards.value_or(number), number);
}

/// Several are as none: nobody's practice, and readers join them differently.
void hear_upgrade(std::string_view value, Head& head, Heard& heard) {
    head.upgrade = heard.upgrade ? std::string_view{} : value;
    heard.upgrade = true;
}

/// Credentials, or a list of challenges. Quoted strings are not looked for: a comma inside of one
/// can only make a scheme appear that is not there, and to bind a connection without need costs
/// little; to miss one would hand a user's connection to others.
void hear_authentication(std::string_view value, Head& head) {
    ListElements elements(value);
    std::string_view element;
    while (elements.next(element)) {
        const std::string_view scheme = element.substr(0, element.find_first_of(" \t"));
        if (!same_ignoring_case(scheme, "ntlm") && !same_ignoring_case(scheme, "negotiate")) {
            continue;
        }
        const bool alone = scheme.size() == element.size();
        head.connection_auth = std::max(
            head.connection_auth, alone ? ConnectionAuth::named : ConnectionAuth::with_token
        );
    }
}

HeadError hear(const Field& field, Head& head, Heard& heard) {
    switch (field.id) {
        case FieldName::authorization:
            if (heard.side == Side::request) hear_authentication(field.value, head);
            return HeadError::none;
        case FieldName::www_authenticate:
            if (heard.side == Side::response) hear_authentication(field.value, head);
            return HeadError::none;
        case FieldName::connection:
            return hear_connection(field.value, head, heard, true);
        case FieldName::content_length:
            return hear_length(field.value, head, heard);
        case FieldName::host:
            return hear_host(field.value, head, heard);
        case FieldName::trace_parent:
            hear_id(field.value, heard.side, head.trace_parent);
            return HeadError::none;
        case FieldName::transfer_encoding:
            return hear_encoding(field.value, head, heard);
        case FieldName::x_request_id:
            hear_id(field.value, heard.side, head.request_id);
            return HeadError::none;
        case FieldName::upgrade:
            hear_upgrade(field.value, head, heard);
            return HeadError::none;
        case FieldName::proxy_connection:
            if (heard.side == Side::response) return HeadError::none;
            return hear_connection(field.value, head, heard, false);
        case FieldName::expect:
            // From an HTTP/1.0 client it is to be ignored (RFC 9110 10.1.1).
            if (head.minor_version > 0 && same_ignoring_case(field.value, "100-continue")) {
                head.expects_continue = true;
            }
            return HeadError::none;
        case FieldName::countersign_identity:
        case FieldName::countersign_profile:
        case FieldName::keep_alive:
        case FieldName::origin:
        case FieldName::proxy_authenticate:
        case FieldName::proxy_authorization:
        case FieldName::sec_fetch_site:
        case FieldName::trace_state:
        case FieldName::trailer:
        case FieldName::other:
            return HeadError::none;
        case FieldName::te:
            hear_te(field.value, head, heard.side);
            return HeadError::none;
        case FieldName::max_forwards:
            if (heard.side == Side::request) hear_max_forwards(field.value, head);
            return HeadError::none;
        case FieldName::proxy_status:
            head.has_proxy_status = heard.side == Side::response;
            return HeadError::none;
        case FieldName::via:
            head.has_via = heard.side == Side::request;
            return HeadError::none;
    }
    return HeadError::none;
}

/// An id that Connection lists was meant for this hop, and goes no further: as if there were none.
void leave_ids_of_this_hop(Head& head) {
    for (const std::string_view option : head.connection_options) {
        if (same_ignoring_case(option, "traceparent")) head.trace_parent = {};
        if (same_ignoring_case(option, "x-request-id")) head.request_id = {};
    }
}

Meaning two_framings(const Head& head) {
    const auto frames = [](const Field& field) {
        return field.id == FieldName::content_length || field.id == FieldName::transfer_encoding;
    };
    const auto last = std::find_if(head.fields.rbegin(), head.fields.rend(), frames);
    return {HeadError::two_framings, static_cast<std::size_t>(head.fields.rend() - last)};
}

Meaning hear_all(Head& head, Heard& heard) {
    for (const Field& field : head.fields) {
        if (field.id == FieldName::other) continue;
        if (const HeadError error = hear(field, head, heard); error != HeadError::none)
            return {error, static_cast<std::size_t>(&field - head.fields.data()) + 1};
    }
    if (heard.length && heard.chunked) return two_framings(head);
    if (!head.connection_options.empty()) leave_ids_of_this_hop(head);
    head.keep_alive = !heard.close && (head.minor_version > 0 || heard.keep_alive);
    return {};
}

bool never_has_body(std::uint16_t status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

Meaning understand_request(Head& head) {
    Heard heard{.side = Side::request};
    if (const Meaning wrong = hear_all(head, heard); wrong.error != HeadError::none) return wrong;
    if (!heard.host && head.minor_version > 0) return {HeadError::missing_host};
    head.framing = heard.chunked  ? Framing::chunked
                   : heard.length ? Framing::length
                                  : Framing::none;
    if (!head.upgrade.empty()) head.upgrade = wanted_protocols(head, head.upgrade);
    return {};
}

Meaning understand_response(Head& head, bool to_head_request, ResponseLeniencies allowed) {
    Heard heard{.side = Side::response, .allowed = allowed};
    if (const Meaning wrong = hear_all(head, heard); wrong.error != HeadError::none) return wrong;
    if (head.status != 101) head.upgrade = {};
    if (to_head_request || never_has_body(head.status)) {
        head.framing = Framing::none;
    } else if (heard.chunked) {
        head.framing = Framing::chunked;
    } else if (heard.length) {
        head.framing = Framing::length;
    } else {
        head.framing = Framing::until_close;
        head.keep_alive = false;
    }
    return {};
}

}  // namespace countersign::proxy::http
