#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

namespace countersign::proxy::exchange {

/// Appends one of the proxy's own answers, or only its head, to `out`.
void serialise(
    boost::beast::http::response<boost::beast::http::string_body>& message, bool head_only,
    std::string& out
);

}  // namespace countersign::proxy::exchange
