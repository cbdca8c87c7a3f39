#pragma once

#include <string_view>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// Which of the fields that the proxy acts on `name` is, in any case. `name` is a token.
FieldName field_name(std::string_view name);

/// No field of these may be taken out of a request by naming it in Connection: they frame, route,
/// authenticate or describe the message, and are meant for its final recipient (RFC 9110 7.6.1).
bool is_end_to_end(std::string_view name);

}  // namespace countersign::proxy::http
