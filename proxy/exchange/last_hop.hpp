#pragma once

#include <string>

#include "proxy/http/head.hpp"

namespace countersign::proxy::exchange {

/// The proxy's own answer to a request that ends here (`http::ends_here`): to a TRACE the request's
/// head as it came, without fields that tell who asks (RFC 9110 9.3.8); to an OPTIONS nothing but
/// that it answers. `keep_alive`: the client's connection is kept.
std::string last_hop_answer(const http::Head& request, bool keep_alive);

}  // namespace countersign::proxy::exchange
