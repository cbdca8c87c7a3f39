#pragma once

#include <string_view>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// Whether a Via of the request names `own_name` as one that received it (RFC 9110 7.6.3).
bool has_come_through(const Head& request, std::string_view own_name);

}  // namespace countersign::proxy::http
