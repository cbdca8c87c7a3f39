#include "proxy/http/other_protocol.hpp"

namespace countersign::proxy::http {

OtherProtocol other_protocol(std::string_view bytes) {
    if (bytes.empty()) return OtherProtocol::none;
    // RFC 9113 3.4: the first line of what a client sends that knows its server for HTTP/2.
    if (bytes.starts_with("PRI * HTTP/2.0\r\n")) return OtherProtocol::http2;
    switch (bytes.front()) {
        case '\x16':  // a record of type handshake, of whatever version 3.x
            return bytes.size() < 2 || bytes[1] == '\x03' ? OtherProtocol::tls
                                                          : OtherProtocol::none;
        case '\x04':
        case '\x05':
            return OtherProtocol::socks;
        default:
            return OtherProtocol::none;
    }
}

}  // namespace countersign::proxy::http
