#include "proxy/exchange/serialised.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/serializer.hpp>

namespace countersign::proxy::exchange {

namespace beast = boost::beast::http;

void serialise(beast::response<beast::string_body>& message, bool head_only, std::string& out) {
    beast::response_serializer<beast::string_body> serializer{message};
    serializer.split(true);
    boost::system::error_code error;
    while (!error && !(head_only ? serializer.is_header_done() : serializer.is_done())) {
        serializer.next(error, [&](boost::system::error_code&, const auto& buffers) {
            std::size_t size = 0;
            for (const auto piece : boost::beast::buffers_range_ref(buffers)) {
                out.append(static_cast<const char*>(piece.data()), piece.size());
                size += piece.size();
            }
            serializer.consume(size);
        });
    }
}

}  // namespace countersign::proxy::exchange
