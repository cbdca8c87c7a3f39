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

std::string_view other_service(std::string_view bytes) {
    struct Greeting {
        std::string_view begin;
        std::string_view service;
    };
    using std::string_view_literals::operator""sv;
    static constexpr Greeting kGreetings[] = {
        {"SSH-"sv, "an SSH server"sv},
        {"220 "sv, "a mail or FTP server"sv},
        {"220-"sv, "a mail or FTP server"sv},
        {"+OK"sv, "a POP3 server"sv},
        {"* OK"sv, "an IMAP server"sv},
        {"HTTP/2"sv, "an HTTP/2 server"sv},
        // RFC 9113 3.4: SETTINGS comes first, of stream 0, and is short.
        {"\0\0"sv, "an HTTP/2 server"sv},
    };
    for (const Greeting& greeting : kGreetings) {
        if (bytes.starts_with(greeting.begin)) return greeting.service;
    }
    return {};
}

}  // namespace countersign::proxy::http
