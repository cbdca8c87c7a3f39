#pragma once

#include <string>
#include <string_view>

#include "proxy/http/request_edits.hpp"

namespace countersign::proxy::probe {

/// The head of a request without a body, as it goes to the server: rewritten as a client's would
/// be, with the fields that the operator puts in. `path`: with its "/"; `authority`: Host's value.
/// Empty where method or path are none.
std::string request_head(
    std::string_view method, std::string_view path, std::string_view authority,
    const http::RequestEdits& edits
);

}  // namespace countersign::proxy::probe
