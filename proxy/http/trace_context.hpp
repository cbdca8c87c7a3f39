#pragma once

#include <optional>
#include <string_view>

namespace countersign::proxy::http {

/// What a `traceparent` says (W3C Trace Context): views into its value, hexadecimal in lower case.
struct TraceParent {
    std::string_view trace_id;  ///< 32 digits, not all 0
    std::string_view span_id;   ///< 16 digits, not all 0: of who sent it
    std::string_view flags;     ///< 2 digits; "01": who sent it has recorded it

    static constexpr std::size_t kSize = 55;  ///< of version 00
};

/// None where it is no traceparent. A later version's is read as far as it is like version 00's.
std::optional<TraceParent> read_trace_parent(std::string_view value);

inline constexpr std::size_t kMostRequestId = 128;

/// Whether it looks like an X-Request-Id, which nobody has defined: letters, digits and any of
/// "-._~+/=:@", of them at most kMostRequestId. Nothing else is written to a log.
bool is_request_id(std::string_view value);

}  // namespace countersign::proxy::http
