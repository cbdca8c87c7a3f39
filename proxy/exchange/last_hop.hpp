#pragma once

#include <string>

#include "proxy/http/head.hpp"

namespace countersign::proxy::exchange {

/// Whether the proxy is the last that may answer a request: an OPTIONS or TRACE with "Max-Forwards:
/// 0" (RFC 9110 7.6.2).
bool ends_here(const http::Head& request);

/// The proxy's own answer to that: to a TRACE the request's head as it came, without fields that
/// tell who asks (RFC 9110 9.3.8); to an OPTIONS nothing but that it answers. `keep_alive`: the
/// client's connection is kept.
std::string last_hop_answer(const http::Head& request, bool keep_alive);

}  // namespace countersign::proxy::exchange
