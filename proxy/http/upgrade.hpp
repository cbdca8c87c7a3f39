#pragma once

#include <string_view>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// The protocols that a request asks for (RFC 9110 7.8), as its Upgrade, `value`, lists them; empty
/// where that is not to be passed on: the request is of HTTP/1.0 or has a body, its Connection does
/// not list "upgrade", something in it is no protocol, or another HTTP (h2c), whose requests nobody
/// here would see.
std::string_view wanted_protocols(const Head& request, std::string_view value);

/// Whether each protocol of `chosen`, of which there is one at least, is one of `wanted`.
bool are_among(std::string_view chosen, std::string_view wanted);

}  // namespace countersign::proxy::http
