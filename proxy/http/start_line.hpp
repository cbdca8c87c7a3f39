#pragma once

#include <string_view>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// Start line (without its CRLF, free of control characters but HTAB) → method, target, version of
/// `head`.
HeadError read_request_line(std::string_view line, Head& head);

/// The same for a response: version, status, reason.
HeadError read_status_line(std::string_view line, Head& head);

}  // namespace countersign::proxy::http
