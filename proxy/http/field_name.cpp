#include "proxy/http/field_name.hpp"

#include <algorithm>
#include <array>

#include "proxy/http/field_value.hpp"

namespace countersign::proxy::http {

namespace {

/// Compares a token with a name of as many letters and dashes. Setting bit 0x20 lowers letters, and
/// of all token characters only letters become letters and only '-' becomes '-', so the comparison
/// is exact.
template <std::size_t kSize>
bool matches(std::string_view name, const char (&lower)[kSize]) {
    unsigned difference = 0;
    for (std::size_t i = 0; i + 1 < kSize; ++i) {
        difference |= static_cast<unsigned>((name[i] | 0x20) ^ lower[i]);
    }
    return difference == 0;
}

constexpr std::array<std::string_view, 5> kEndToEnd = {
    "cache-control", "cookie", "date", "forwarded", "set-cookie",
};

}  // namespace

// By length first, which leaves one candidate, or some that differ in the first letter.
FieldName field_name(std::string_view name) {
    const auto is = [name](const auto& lower, FieldName id) {
        return matches(name, lower) ? id : FieldName::other;
    };
    switch (name.size()) {
        case 2:
            return is("te", FieldName::te);
        case 3:
            return is("via", FieldName::via);
        case 4:
            return is("host", FieldName::host);
        case 6:
            return (name[0] | 0x20) == 'e' ? is("expect", FieldName::expect)
                                           : is("origin", FieldName::origin);
        case 7:
            return (name[0] | 0x20) == 't' ? is("trailer", FieldName::trailer)
                                           : is("upgrade", FieldName::upgrade);
        case 10:
            switch (name[0] | 0x20) {
                case 'c':
                    return is("connection", FieldName::connection);
                case 't':
                    return is("tracestate", FieldName::trace_state);
                case 'k':
                    return is("keep-alive", FieldName::keep_alive);
                default:  // User-Agent, say
                    return FieldName::other;
            }
        case 11:
            return (name[0] | 0x20) == 't' ? is("traceparent", FieldName::trace_parent)
                                           : FieldName::other;
        case 12:  // as many as Content-Type has
            switch (name[0] | 0x20) {
                case 'x':
                    return is("x-request-id", FieldName::x_request_id);
                case 'm':
                    return is("max-forwards", FieldName::max_forwards);
                case 'p':
                    return is("proxy-status", FieldName::proxy_status);
                default:
                    return FieldName::other;
            }
        case 13:
            return is("authorization", FieldName::authorization);
        case 14:
            return (name[0] | 0x20) == 'c' ? is("content-length", FieldName::content_length)
                                           : is("sec-fetch-site", FieldName::sec_fetch_site);
        case 16:
            return (name[0] | 0x20) == 'p' ? is("proxy-connection", FieldName::proxy_connection)
                                           : is("www-authenticate", FieldName::www_authenticate);
        case 17:
            return is("transfer-encoding", FieldName::transfer_encoding);
        case 18:
            return is("proxy-authenticate", FieldName::proxy_authenticate);
        case 19:
            return is("proxy-authorization", FieldName::proxy_authorization);
        case 20:
            return is("countersign-identity", FieldName::countersign_identity);
        case 21:
            return is("x-countersign-profile", FieldName::countersign_profile);
        default:
            return FieldName::other;
    }
}

bool is_end_to_end(std::string_view name) {
    switch (field_name(name)) {
        case FieldName::authorization:
        case FieldName::content_length:
        case FieldName::expect:
        case FieldName::host:
        case FieldName::max_forwards:
        case FieldName::proxy_status:
        case FieldName::transfer_encoding:
        case FieldName::via:
        case FieldName::www_authenticate:
            return true;
        case FieldName::connection:
        case FieldName::countersign_identity:
        case FieldName::countersign_profile:
        case FieldName::keep_alive:
        case FieldName::origin:
        case FieldName::proxy_authenticate:
        case FieldName::proxy_authorization:
        case FieldName::proxy_connection:
        case FieldName::sec_fetch_site:
        case FieldName::te:
        case FieldName::trace_parent:
        case FieldName::trace_state:
        case FieldName::trailer:
        case FieldName::upgrade:
        case FieldName::x_request_id:
            return false;
        case FieldName::other:
            break;
    }
    // All of Content-*, and what a proxy before us says of the client.
    if (starts_ignoring_case(name, "content-") || starts_ignoring_case(name, "x-forwarded-")) {
        return true;
    }
    return std::any_of(kEndToEnd.begin(), kEndToEnd.end(), [name](std::string_view lower) {
        return same_ignoring_case(name, lower);
    });
}

}  // namespace countersign::proxy::http
