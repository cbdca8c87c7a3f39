#include "proxy/exchange/last_hop.hpp"

#include <boost/beast/http/string_body.hpp>

#include "certs/text/ascii.hpp"
#include "proxy/exchange/serialised.hpp"

namespace countersign::proxy::exchange {

namespace beast = boost::beast::http;

namespace {

bool tells_who_asks(const http::Field& field) {
    return field.id == http::FieldName::authorization ||
           field.id == http::FieldName::proxy_authorization ||
           certs::same_ignoring_case(field.name, "cookie");
}

std::string echo(const http::Head& request) {
    std::string text{request.start_line};
    for (const http::Field& field : request.fields) {
        if (!tells_who_asks(field)) text += field.line;
    }
    text += "\r\n";
    return text;
}

}  // namespace

std::string last_hop_answer(const http::Head& request, bool keep_alive) {
    constexpr unsigned kHttp11 = 11;
    beast::response<beast::string_body> message{beast::status::ok, kHttp11};
    if (request.method == "TRACE") {
        message.set(beast::field::content_type, "message/http");
        message.body() = echo(request);
    }
    message.content_length(message.body().size());
    if (!keep_alive) {
        message.set(beast::field::connection, "close");
    } else if (request.minor_version == 0) {
        message.set(beast::field::connection, "keep-alive");
    }
    std::string out;
    serialise(message, false, out);
    return out;
}

}  // namespace countersign::proxy::exchange
