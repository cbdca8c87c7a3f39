#pragma once

#include <string>
#include <string_view>

#include "proxy/http/head_reader.hpp"

namespace countersign::proxy::http {

inline constexpr std::size_t kManyFields = 128;

/// A head with the bytes that it points into.
class ParsedHead {
public:
    static ParsedHead request(std::string_view bytes, std::size_t max_fields = kManyFields) {
        return ParsedHead(bytes, [=](std::string_view own, Head& into) {
            return parse_request_head(own, 0, max_fields, into);
        });
    }
    static ParsedHead response(std::string_view bytes, bool to_head_request = false) {
        return ParsedHead(bytes, [=](std::string_view own, Head& into) {
            return parse_response_head(own, 0, kManyFields, to_head_request, into);
        });
    }

    ParsedHead(const ParsedHead&) = delete;
    ParsedHead& operator=(const ParsedHead&) = delete;

    bool complete() const { return result.state == HeadResult::State::complete; }

private:
    template <typename Parse>
    ParsedHead(std::string_view bytes, Parse parse) : bytes_(bytes), result(parse(bytes_, head)) {}

    const std::string bytes_;

public:
    Head head;
    HeadResult result;
};

/// A request around `fields`, each with its CRLF, which has a Host.
inline std::string request_with(std::string_view fields, std::string_view version = "HTTP/1.1") {
    return "POST /a " + std::string(version) + "\r\nHost: api.partner.example\r\n" +
           std::string(fields) + "\r\n";
}

inline std::string response_with(std::string_view fields, std::string_view status = "200 OK") {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) + "\r\n";
}

}  // namespace countersign::proxy::http
